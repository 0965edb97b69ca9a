"""Questions that are not answered whatever the documents hold: advice, other people's data, orders. Pure.

They are told by how they ask, not by what they ask about: "should I buy", "who has booked", "from now on say".
"""

from __future__ import annotations

import re
from typing import Literal

Reason = Literal["advice", "private", "orders"]

SURE = 0.1  # how much likelier than an ordinary question something to decline must be (:class:`bot.asks.Asks`)

_ASKS: dict[Reason, re.Pattern[str]] = {
    "orders": re.compile(
        r"\b(?:ignore|disregard|forget|override)\b.{0,30}\b(?:instruction|rule|prompt|previous|above|everything|told)"
        r"|\bsystem ?prompt|\b(?:hidden|internal|secret|initial) (?:instruction|prompt|rule)|\bfrom now on\b|\byou are now\b"
        r"|\b(?:pretend|act as if|act as an?|role ?play|jailbreak|developer mode|repeat after me|dan mode)\b"
        r"|\b(?:just|simply|only) (?:say|answer|reply|tell me|confirm)\b|\bconfirm (?:to me |me )?that\b"
        r"|\b(?:say|answer|reply) (?:only|with|yes|exactly)\b|\b(?:api|secret|access)[ -]?key|\bpasswor[dt]"
        r"|\b(?:cancel|delete|change|move|reschedule)\b.{0,30}\b(?:booking|meeting|appointment|slot|reservation|database|data)s?\b"
        r"|\b(?:ignorier|vergiss|vergessen sie|missachte)\w*\b.{0,30}\b(?:anweisung|regel|vorgabe|alles|bisherig|vorherig|obig)"
        r"|\bsystem-?(?:anweisung|nachricht)|\b(?:ab jetzt|ab sofort|von nun an) (?:bist|antworte|sag|gib|spiel)\w*|\bdu bist (?:jetzt|nun|ab)\b"
        r"|\b(?:tu|tun sie) so,? als|\bspiel\w* (?:die rolle|einen|eine)\b|\bentwicklermodus\b|\bsprich mir nach\b"
        r"|\b(?:sag|sagen sie|schreib|schreiben sie|antworte|antworten sie|bestätige|bestätigen sie|behaupte)\b(?: \w+){0,3},? dass\b"
        r"|\b(?:antworte|antworten sie|sag) (?:nur|immer|mit|einfach)\b|\b(?:storniere|lösche|verschiebe|stornieren sie|löschen sie)\w*\b"
        r"|시스템 ?(?:프롬프트|지시|메시지)|(?:지시|명령|규칙|지침|설정)[가-힣 ]{0,8}(?:무시|잊)|무시하고|(?:숨겨진|내부|원래) ?(?:지시|프롬프트|규칙)"
        r"|(?:지금|이제|앞으로)부터는? (?:너|넌|당신|모든|무조건|내|제)|인 ?척|(?:이?라|다)고(?:만)? ?(?:대답|답변|답|말|확인|써|적어|얘기)(?:해|하|만|줘| 줘)"
        r"|따라 ?(?:말|해)|개발자 ?모드|비밀번호|(?:예약|약속|상담|일정)[가-힣 ]{0,8}(?:취소|삭제|변경|바꿔)[가-힣 ]{0,4}(?:줘|주세요|주십|달라|해라)",
        re.IGNORECASE,
    ),
    "private": re.compile(
        r"\b(?:private?|personal|home|mobile|cell)\b.{0,15}\b(?:phone|number|e-?mail|address|contact|life|account|mobile)\b"
        r"|\b(?:salary|salaries|wages?|bonus|birthday|date of birth|how old is (?:he|she|the (?:mayor|ceo)|mr|ms|dr))\b"
        r"|\bwhere does \w+(?: \w+){0,3} live\b|\b(?:other|another) (?:visitor|guest|person|people|user|customer|compan\w+ (?:booked|asked))"
        r"|\bwho (?:else )?(?:(?:has |have )?(?:booked|asked you)|has registered|have registered)\b|\b(?:list|names) of (?:the )?(?:visitors|bookings|appointments|guests|attendees)\b"
        r"|\b(?:booked|bookings?) (?:a |for |today|tomorrow|by)"
        r"|\b(?:private?\w*|persönliche?\w*)\b.{0,15}(?:nummer|telefon|handy|e-?mail|mail|adresse|anschrift|kontakt|wohn)|\bhandynummer|\bgehalt\w*|\bverdient\b|\bgeburtstag|\bgeburtsdatum"
        r"|\bwo wohnt\b|\bwohnadresse|\bandere[nrm]? (?:besucher|gäst|gast|person|leute|kunde|nutzer)|\bwer hat (?:\w+ ){0,3}(?:gebucht|reserviert)\b"
        r"|\btermin\w* (?:\w+ ){0,3}gebucht\b|\b(?:besucher|teilnehmer|buchungs|gäste|termin)liste\b"
        r"|(?:개인|사적|집|자택)[가-힣]* ?(?:전화|휴대|핸드|연락처|번호|이메일|메일|주소)|휴대폰 ?번호|핸드폰 ?번호|휴대전화 ?번호|연봉|월급|급여|생년월일|주민(?:등록)?번호"
        r"|다른 (?:사람|방문객|방문자|분|손님|고객|이용자)[가-힣]*|예약한 (?:사람|분|방문|기업|회사|업체|손님)|예약자|(?:예약|방문객|방문자|상담|신청자)[가-힣 ]{0,6}명단|누가 (?:예약|상담을 신청|문의)",
        re.IGNORECASE,
    ),
    "advice": re.compile(
        r"\bshould (?:i|we) (?:\w+ ){0,2}(?:buy|sell|hold|invest|put|sue|sign|take)|\b(?:good|better|safe|wise|worth) (?:a )?(?:buy|buying|investment|investing|stock|bet)\b"
        r"|\b(?:worth|safe to|wise to) (?:buying|investing|buy|invest)|\b(?:stocks?|shares?)\b.{0,30}\b(?:recommend|buy|sell|rise|fall|go up|tip|forecast)|\b(?:recommend|which)\b.{0,20}\b(?:stocks?|shares?)\b"
        r"|\bguarantee\w* (?:return|profit)|\blegal(?:ly)? (?:advice|safe|binding|ok)|\b(?:can|could|may) (?:i|we) sue\b|\b(?:draft|word|review|write)\b.{0,20}\bcontract\b|\b(?:what|which) medicine\b|\bi (?:have|feel) .{0,20}(?:dizzy|headache|pain|sick)|\bpainkillers?\b"
        r"|\bsoll(?:te|en|ten)? (?:ich|wir|man)\b.{0,40}(?:kaufen|verkaufen|investieren|anlegen|behalten|zeichnen|nehmen)|\blohnt (?:es )?sich\b|\baktien?\b.{0,30}(?:kauf|empf|steig|fall|tipp|prognose)"
        r"|(?:empf|rät|raten|welche)\w*.{0,20}\baktie|\brechtlich\b.{0,20}(?:sicher|zulässig|ordnung|erlaubt|bindend|beraten)|\b(?:verklagen|rechtsberatung|anlageberatung)\w*|\bwelches? (?:medikament|tablette|mittel)\w*|\b(?:mir|ich) .{0,25}(?:schwindlig|kopfschmerz|schmerzen)"
        r"|\bvertrag\b.{0,30}(?:formulier|prüf|aufsetz|schreib)|(?:formulier|prüf|setz)\w*.{0,20}\bvertrag"
        r"|사도 ?(?:될|돼|되|괜찮)|살까|팔까|팔아야|사야 ?(?:할|하|돼|될)|매수|매도|(?:주식|종목|주가)[가-힣 ]{0,12}(?:추천|오를|전망|어때|좋|살|팔)|투자해도|투자할까|투자하는 (?:게|것이) (?:좋|나)|수익(?:률)?[가-힣 ]{0,4}보장"
        r"|법적(?:으로)?[가-힣 ]{0,6}(?:문제|괜찮|안전|효력|자문)|(?:계약서|조항)[가-힣 ]{0,12}(?:넣|써|검토|작성)|무슨 약|약(?:을|은)? (?:먹|추천)|(?:저|제가|동료)[가-힣 ]{0,10}(?:어지러|두통|아픈데|아파)",
        re.IGNORECASE,
    ),
}


def declined(question: str) -> Reason | None:
    """Why ``question`` is not answered; None where it may be."""
    return next((reason for reason, asks in _ASKS.items() if asks.search(question)), None)
