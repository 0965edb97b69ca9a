// Every sentence of the page itself, in the three languages of the visitors.

const WORDS = {
  en: {
    title: "Playground", visitors: "Visitors", groups: "Groups", addVisitor: "Add visitor", name: "Name", language: "App language",
    add: "Add", cancel: "Cancel", ok: "OK", theme: "Switch between light and dark", pageLanguage: "Language of this page",
    chats: "Chats", back: "Back to the chats", close: "Close this chat", more: "More", write: "Write a message", send: "Send",
    attach: "Attach", commands: "Commands", photo: "Photo", voice: "Voice message", sticker: "Sticker", document: "Document",
    start: "Start", about: "What can this bot do?", aboutEmpty: "Press Start to write to the bot.", openWith: "Open with ?start=…",
    payload: "Start parameter", open: "Open", block: "Block the bot", unblock: "Restart the bot", leave: "Remove the bot", invite: "Invite the bot",
    reply: "Reply", edit: "Edit", replyTo: "Reply to", editing: "Edit message", edited: "edited", typing: "is typing…", uploading: "is sending a file…", thinking: "Thinking…",
    newMessages: "New messages", members: (n) => `${n} members`, withBot: (bot) => `with ${bot}`, speakAs: "Speak as", download: "Download",
    reveal: "Show hidden text", unfold: "Show all", fold: "Show less", copied: "Copied", noAnswer: "The bot did not answer.", bot: "bot", blocked: "The bot is blocked.",
    messages: "Messages", offline: "The playground is not running. Waiting for it…", empty: "Choose a chat on the left.", today: "Today", nothing: "No messages yet", staff: "Staff", reacted: "Reaction",
  },
  de: {
    title: "Spielwiese", visitors: "Besucher", groups: "Gruppen", addVisitor: "Besucher hinzufügen", name: "Name", language: "Sprache der App",
    add: "Hinzufügen", cancel: "Abbrechen", ok: "OK", theme: "Zwischen hell und dunkel wechseln", pageLanguage: "Sprache dieser Seite",
    chats: "Chats", back: "Zurück zu den Chats", close: "Diesen Chat schließen", more: "Mehr", write: "Nachricht schreiben", send: "Senden",
    attach: "Anhängen", commands: "Befehle", photo: "Foto", voice: "Sprachnachricht", sticker: "Sticker", document: "Dokument",
    start: "Starten", about: "Was kann dieser Bot?", aboutEmpty: "Drücken Sie „Starten“, um dem Bot zu schreiben.", openWith: "Mit ?start=… öffnen",
    payload: "Startparameter", open: "Öffnen", block: "Bot blockieren", unblock: "Bot neu starten", leave: "Bot entfernen", invite: "Bot einladen",
    reply: "Antworten", edit: "Bearbeiten", replyTo: "Antwort an", editing: "Nachricht bearbeiten", edited: "bearbeitet", typing: "schreibt…", uploading: "sendet eine Datei…", thinking: "Denkt nach…",
    newMessages: "Neue Nachrichten", members: (n) => `${n} Mitglieder`, withBot: (bot) => `mit ${bot}`, speakAs: "Schreiben als", download: "Herunterladen",
    reveal: "Verdeckten Text zeigen", unfold: "Alles zeigen", fold: "Weniger zeigen", copied: "Kopiert", noAnswer: "Der Bot hat nicht geantwortet.", bot: "Bot", blocked: "Der Bot ist blockiert.",
    messages: "Nachrichten", offline: "Die Spielwiese läuft nicht. Es wird auf sie gewartet…", empty: "Wählen Sie links einen Chat.", today: "Heute", nothing: "Noch keine Nachrichten", staff: "Messeteam", reacted: "Reaktion",
  },
  ko: {
    title: "플레이그라운드", visitors: "방문자", groups: "그룹", addVisitor: "방문자 추가", name: "이름", language: "앱 언어",
    add: "추가", cancel: "취소", ok: "확인", theme: "밝은 화면과 어두운 화면 전환", pageLanguage: "이 페이지의 언어",
    chats: "대화 목록", back: "대화 목록으로", close: "대화 닫기", more: "더 보기", write: "메시지 입력", send: "보내기",
    attach: "첨부", commands: "명령어", photo: "사진", voice: "음성 메시지", sticker: "스티커", document: "문서",
    start: "시작", about: "이 봇은 무엇을 할 수 있나요?", aboutEmpty: "‘시작’을 누르시면 봇과 대화하실 수 있습니다.", openWith: "?start=…로 열기",
    payload: "시작 매개변수", open: "열기", block: "봇 차단", unblock: "봇 다시 시작", leave: "봇 내보내기", invite: "봇 초대",
    reply: "답장", edit: "수정", replyTo: "답장 대상", editing: "메시지 수정", edited: "수정됨", typing: "입력 중…", uploading: "파일을 보내는 중…", thinking: "생각하는 중…",
    newMessages: "새 메시지", members: (n) => `멤버 ${n}명`, withBot: (bot) => `${bot} 봇과 대화`, speakAs: "말하는 사람", download: "내려받기",
    reveal: "숨긴 글 보기", unfold: "모두 보기", fold: "접기", copied: "복사했습니다", noAnswer: "봇이 응답하지 않았습니다.", bot: "봇", blocked: "봇이 차단되었습니다.",
    messages: "메시지", offline: "플레이그라운드가 실행 중이 아닙니다. 기다리는 중…", empty: "왼쪽에서 대화를 선택해 주세요.", today: "오늘", nothing: "아직 메시지가 없습니다", staff: "담당자", reacted: "반응",
  },
};

export const LANGUAGES = { ko: "한국어", en: "English", de: "Deutsch" };

function preferred() {
  const kept = localStorage.getItem("language");
  const wanted = [kept, ...navigator.languages].filter(Boolean).map((code) => code.slice(0, 2));
  return wanted.find((code) => code in WORDS) ?? "en";
}

export let language = preferred();

export function speak(code) {
  language = code;
  localStorage.setItem("language", code);
}

export const word = (key, ...values) => {
  const found = WORDS[language][key];
  return typeof found === "function" ? found(...values) : found;
};

export function languageName(code) {
  try {
    const name = new Intl.DisplayNames([code], { type: "language" }).of(code);
    return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
  } catch {
    return code;
  }
}

export const clockTime = (seconds) => new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(seconds * 1000);

export function day(seconds) {
  const date = new Date(seconds * 1000);
  if (date.toDateString() === new Date().toDateString()) return word("today");
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(date);
}
