"""Whether somebody comes as an investor, a supplier, an exhibitor, a researcher, the press, and says so. Pure.

Only who speaks of a plan of their own is offered the way to a desk: "How much did they invest?" is a question, "We want
to invest" is an offer. Where it is not clear nothing is offered; ``/inquiry`` is there for everybody.
"""

from __future__ import annotations

import re

from bot.inquiries import Kind

_CLAUSE = re.compile(r"[.?!;,\n。？！]+")
_SHARES = re.compile(
    r"주식|주가|상장|코인|펀드에|\b(?:stocks?|shares?|share price|etfs?|crypto)\b|\b(?:aktien?|etfs?|börse)\b", re.I
)

# Korean: the ending tells whose plan it is. "투자하려는 금액" is somebody else's, "투자하려는데요" is one's own.
_PLAN = (
    r"(?:\s*(?:을|를))?\s*(?:진행\s*)?(?:"
    r"하고\s*싶(?!은(?!데)|어\s*하|나)"
    r"|하려고\s*(?:합니다|해요|하는데|생각|계획)|하려\s*합니다|하려는데|하려면|하고자\s*(?:합니다|하는데|해요)"
    r"|할\s*(?:의향|생각|계획)(?:이|도|은)?\s*(?:있습니다|있어요|있는데|입니다|이에요|인데)"
    r"|할\s*수\s*있(?:을까요|나요|는지|습니까)|해도\s*(?:될까요|되나요)|(?:을|를)?\s*희망(?:합니다|해요|하는데))"
)
_ASK = (
    r"(?:을|를|에)?\s*(?:대해(?:서)?\s*|관련(?:해서|하여|된)?\s*)?(?:"
    r"문의|제안(?!\s*(?:받은|했던|된))|상담(?!회)|신청|요청|협의|검토(?:\s*중|하고\s*있)|의향(?:이|도)?\s*있|관심(?:이|도)?\s*(?:있|많)|논의)"
)
_OWN = r"(?:입니다|인데|이에요|예요|이고|로서|라서)"
_KO: tuple[tuple[Kind, str], ...] = (
    (
        Kind.PRESS,
        rf"취재(?:{_PLAN}|{_ASK}|\s*(?:협조|나가고\s*싶|나갈))|(?:기자|언론사|방송사|프레스|특파원|리포터){_OWN}"
        rf"|(?:프레스|언론|기자|미디어|보도)\s*(?:등록|신청|카드|패스|출입|비표|인증)|인터뷰(?:{_PLAN}|{_ASK})",
    ),
    (
        Kind.EXHIBIT,
        rf"(?:출품|전시(?:\s*참가)?|출전)(?:{_PLAN}|{_ASK})|부스(?:를|을)?\s*(?:신청|예약|내고\s*싶|문의|임차|빌리|차리|열고\s*싶|운영하고\s*싶)"
        rf"|참가\s*(?:기업|업체)(?:로|\s*등록|\s*신청|\s*모집에)|(?:전시|참가)\s*(?:업체|기업|사)로\s*(?:참가|참여|나가)(?:{_PLAN})?",
    ),
    (
        Kind.SUPPLY,
        rf"(?:공급|납품|조달|판매\s*제휴)(?:{_PLAN}|{_ASK})"
        r"|(?:공급|협력|납품)\s*(?:업체|사|사로|처)(?:가|로|이|으로)?\s*(?:되고\s*싶|등록|신청|참여하고)|벤더\s*등록"
        rf"|(?:저희|우리|당사)[^.?!]{{0,30}}(?:제품|소재|장비|부품)(?:을|를)?\s*(?:공급|납품|제안|소개)",
    ),
    (
        Kind.RESEARCH,
        rf"(?:공동\s*연구|연구\s*(?:협력|제휴|교류)|산학\s*협력|공동\s*개발|기술\s*협력|실증\s*사업)(?:{_PLAN}|{_ASK}|(?:을|를)?\s*함께)"
        rf"|(?:같이|함께|공동으로)\s*연구{_PLAN}",
    ),
    (
        Kind.INVEST,
        rf"투자(?:\s*유치\s*지원)?(?:{_PLAN}|{_ASK})|투자(?:자|사|회사|기관|펀드){_OWN}|(?:공장|생산\s*시설|법인|지사)(?:을|를)?\s*(?:설립|짓|세우|이전|신설)(?:{_PLAN}|고\s*싶(?!은(?!데)))"
        rf"|입주(?:{_PLAN}|{_ASK})|출자(?:{_PLAN}|{_ASK})",
    ),
    (
        Kind.OTHER,
        rf"(?:제휴|파트너십|협업|업무\s*협약|사업\s*협력|후원|스폰서|협찬)(?:{_PLAN}|{_ASK}|(?:을|를)?\s*맺)|(?:파트너|스폰서|후원사)(?:가|로|이)?\s*(?:되고\s*싶|참여{_PLAN})"
        rf"|(?:사업|비즈니스|협력)\s*(?:제안|문의|상담(?!회))",
    ),
)

# English: somebody of ours, a wish, and no word between that makes it a wish to know.
_WE = r"(?:i|we|our\s+(?:company|firm|fund|team|group|institute|university|lab|start-?up|paper|magazine|channel))"
_KNOW = r"(?:know|see|visit|learn|understand|find|hear|read|ask|look|meet|tell|who|whom|which|what|whether|why|when|where|about)\b"
_GAP = rf"(?:(?!{_KNOW})[\w&'’-]+\s+){{0,5}}?"
_WISH = (
    r"(?:want|wants|wish|wishes|would\s+like|would\s+love|[’']d\s+like|[’']d\s+love|plan|plans|intend|intends|hope|hopes|"
    r"aim|(?:are|am|is)\s+(?:very\s+)?(?:interested|looking|planning|considering|keen|hoping|ready|seeking|thinking)|"
    r"[’'](?:re|m)\s+(?:very\s+)?(?:interested|looking|planning|considering|keen|hoping|ready|seeking|thinking)|"
    r"can|could|may|might|should|need|offer|propose|seek|represent)"
)
_WANTS = rf"(?:\b{_WE}\s*{_WISH}\s+{_GAP}|\b(?:how|where|can|could|may|might|should)\s+(?:(?:can|could|do|would|may)\s+)?{_WE}\s+{_GAP}|\binterest(?:ed)?\s+in\s+{_GAP}|\bpossible\s+(?:for\s+us\s+)?to\s+{_GAP})"
_EN_VERBS: tuple[tuple[Kind, str], ...] = (
    (Kind.PRESS, r"(?:accredit\w*|interview\s+\w+|press\s+(?:pass|card|badge)|report\s+(?:on|from)|reporting\s+(?:on|from)|cover\s+the|covering\s+the|write\s+an?\s+(?:article|story)|film\s+(?:at|a|the))"),
    (Kind.EXHIBIT, r"(?:exhibit|exhibiting|an\s+exhibitor(?!\s+list)|(?:book|rent|have|get|reserve)\s+an?\s+(?:booth|stand)(?![\s-]+alone)|a\s+(?:booth|stand)\s+(?:of|for)|(?:show|present|showcase)\s+our\s+\w+)"),
    (Kind.SUPPLY, r"(?:supply|supplying|supplier|deliver|vendor|(?:sell|offer)\s+(?:you\s+)?our\s+\w+|distribute\s+\w+)"),
    (Kind.RESEARCH, r"(?:joint\s+(?:research|r&d|project|development)|research\s+(?:together|with|cooperation|collaboration|partner\w*|project)|r&d\s+(?:cooperation|collaboration|partner\w*)|collaborate\s+on\s+(?:research|r&d|a\s+study))"),
    (Kind.INVEST, r"(?:invest|investing|investment(?!\s+(?:figures|volume|amount|plans|news))|(?:build|open|set\s+up|setting\s+up|locate|relocate)\s+(?:an?|our)\s+(?:\w+\s+){0,2}(?:plant|factory|subsidiary|branch|production|site|gigafactory)|joint\s+venture|fund\s+(?:a|an|your))"),
    (Kind.OTHER, r"(?:partner(?:\s+with|\s+up)?|partnership|partnering|cooperat\w*|collaborat\w*|sponsor\w*)"),
)  # fmt: skip
_EN_NOUNS: tuple[tuple[Kind, str], ...] = (
    (Kind.PRESS, r"\bpress\s+(?:accreditation|inquiry|enquiry|request|registration)\b|\b(?:i\s+am|i[’']m|we\s+are|we[’']re|as)\s+an?\s+(?:\w+\s+){0,2}(?:journalist|reporter|editor|correspondent|news\s+agency|tv\s+crew)\b|\binterview\s+request\b"),
    (Kind.EXHIBIT, r"\b(?:become|becoming|register\s+as|participate\s+as|apply\s+as|as)\s+an?\s+exhibitor\b|\bexhibitor\s+(?:inquiry|enquiry|application|registration)\b|\bbooth\s+(?:inquiry|enquiry|booking|application|request)\b"),
    (Kind.SUPPLY, r"\b(?:become|becoming|register\s+as|being)\s+an?\s+(?:\w+\s+){0,2}(?:supplier|vendor)\b|\bsuppl(?:y|ier)\s+(?:inquiry|enquiry|proposal|offer|registration)\b|\b(?:we\s+are|we[’']re|i\s+am|i[’']m)\s+an?\s+(?:\w+\s+){0,3}(?:supplier|vendor)\b"),
    (Kind.RESEARCH, r"\b(?:joint\s+)?research\s+(?:cooperation\s+|collaboration\s+)?(?:inquiry|enquiry|proposal)\b|\bproposal\s+for\s+(?:a\s+)?joint\s+research\b"),
    (Kind.INVEST, r"\binvestment\s+(?:inquiry|enquiry|proposal|offer)\b|\b(?:become|becoming)\s+an\s+investor\b|\b(?:i\s+am|i[’']m|we\s+are|we[’']re|as)\s+an?\s+(?:\w+\s+){0,3}(?:investor|investment\s+(?:firm|fund|company)|venture\s+capital(?:ist|\s+\w+)?)\b|\blooking\s+for\s+(?:an?\s+)?investment\s+opportunit"),
    (Kind.OTHER, r"\bpartnership\s+(?:inquiry|enquiry|proposal|request|offer)\b|\bbusiness\s+(?:proposal|inquiry|enquiry)\b|\b(?:become|becoming)\s+an?\s+(?:\w+\s+)?(?:partner|sponsor)\b|\bsponsorship\s+(?:inquiry|enquiry|proposal|request)\b"),
)  # fmt: skip

# German: the infinitive stands at the end of the clause, so a clause needs all three: we, a wish, and the infinitive.
_ICH = re.compile(r"\b(?:ich|wir|uns|mich|unser\w*)\b", re.I)
_MAG = re.compile(
    r"\b(?:möchten?|will|wollen|würden?|plan(?:e|en)|beabsichtigen?|haben?|sind|bin|interessier(?:e|en)|suchen?|kann|können|"
    r"könnten?|dürfen|darf|biet(?:e|en)|überleg(?:e|en)|erwäg(?:e|en)|hätten?|wünschen?|stellen|beantragen?|anbieten)\b",
    re.I,
)
_TO_DO = re.compile(
    r",(?=[^,.?!;\n]*\b(?:zu\s+\w+en|(?:an|aus|auf|ein|bei)zu\w+en)\b)"
)  # "Wir planen, ein Werk zu bauen": one clause
_WISSEN = re.compile(r"\b(?:wissen|erfahren|sehen|besuchen|ansehen|anschauen|lesen|hören|finden|besichtigen)\b", re.I)
_DE_VERBS: tuple[tuple[Kind, str], ...] = (
    (Kind.PRESS, r"\b(?:akkreditier\w+|(?:presse)?akkreditierung|presse(?:ausweis|karte)|artikel\s+(?:\w+\s+){0,4}schreiben|interviewen|interview\s+(?:führen|machen|anfragen)|(?:\w+\s+)?bericht(?:en|erstatten)|drehgenehmigung)\b|\bals\s+(?:\w+\s+)?(?:journalist(?:in)?|reporter(?:in)?|redakteur(?:in)?)\b"),
    (Kind.EXHIBIT, r"\b(?:ausstellen|auszustellen|(?:mit)?aussteller(?:in)?\s+(?:werden|sein|teilnehmen|anmelden|dabei)|(?:messe)?stand\s+(?:buchen|mieten|reservieren|haben|bekommen|anmelden))\b|\bals\s+aussteller\b"),
    (Kind.SUPPLY, r"\b(?:be|zu)?liefern\b|\bliefer(?:ant|anten|antin|partner)\s+(?:werden|sein)\b|\bzulieferer\s+(?:werden|sein)\b|\bals\s+(?:lieferant|zulieferer|lieferanten)\b|\b(?:produkte|materialien|komponenten|maschinen|anlagen)\s+(?:anbieten|vorstellen|verkaufen|liefern)\b|\blieferangebot\b"),
    (Kind.RESEARCH, r"\bforschungs(?:kooperation|partnerschaft|zusammenarbeit|projekt|vorhaben)\b|\bgemeinsam\s+(?:\w+\s+){0,3}forschen\b|\bgemeinsame[ns]?\s+(?:forschung|entwicklung|forschungsprojekt\w*)\b|\bin\s+der\s+forschung\s+(?:zusammenarbeiten|kooperieren)\b"),
    (Kind.INVEST, r"\b(?:investieren|investition(?:en)?|beteiligen|beteiligung|investor(?:in)?\s+werden|als\s+investor(?:in)?|gemeinschaftsunternehmen|joint\s+venture)\b|\b(?:werk|fabrik|niederlassung|produktion|standort|tochtergesellschaft)\s+(?:\w+\s+){0,3}(?:bauen|errichten|eröffnen|gründen|aufbauen|ansiedeln)\b|\bansiedeln\b"),
    (Kind.OTHER, r"\b(?:kooperieren|kooperation|zusammenarbeiten|zusammenarbeit|partnerschaft|sponsern|sponsor\s+werden|partner\s+werden|als\s+(?:partner|sponsor))\b"),
)  # fmt: skip
_DE_NOUNS: tuple[tuple[Kind, str], ...] = (
    (Kind.PRESS, r"\bpresse(?:akkreditierung|anfrage|anmeldung)\b|\b(?:ich\s+bin|wir\s+sind)\s+(?:\w+\s+){0,2}(?:journalist(?:in|en)?|reporter(?:in)?|redakteur(?:in)?|redaktion)\b|\binterviewanfrage\b"),
    (Kind.EXHIBIT, r"\baussteller\s+werden\b|\bausstelleranmeldung\b|\b(?:messe)?stand(?:anfrage|buchung)\b"),
    (Kind.SUPPLY, r"\b(?:lieferant(?:en)?|zulieferer)\s+werden\b|\blieferanten(?:anfrage|registrierung)\b|\b(?:ich\s+bin|wir\s+sind)\s+(?:\w+\s+){0,3}(?:lieferant(?:en)?|zulieferer)\b"),
    (Kind.RESEARCH, r"\b(?:anfrage|vorschlag)\s+(?:für|zu)\s+(?:eine[rn]?\s+)?forschungskooperation\b|\bangebot\s+(?:für|zu)\s+(?:eine[rn]?\s+)?forschungskooperation\b"),
    (Kind.INVEST, r"\b(?:investitions|investoren)anfrage\b|\b(?:ich\s+bin|wir\s+sind)\s+(?:\w+\s+){0,3}(?:investor(?:in|en)?|investmentgesellschaft|beteiligungsgesellschaft)\b|\binvestor\s+werden\b"),
    (Kind.OTHER, r"\b(?:partnerschafts|kooperations|sponsoring|geschäfts)anfrage\b|\b(?:partner|sponsor)\s+werden\b"),
)  # fmt: skip

_KOREAN = [(kind, re.compile(pattern)) for kind, pattern in _KO]
_ENGLISH = [(kind, re.compile(_WANTS + rf"(?:to\s+)?{_GAP}{verb}\b", re.I)) for kind, verb in _EN_VERBS]
_GERMAN = [(kind, re.compile(verb, re.I)) for kind, verb in _DE_VERBS]
_NOUNS = [(kind, re.compile(pattern, re.I)) for kind, pattern in (*_EN_NOUNS, *_DE_NOUNS)]


def meant(text: str) -> Kind | None:
    """The kind of inquiry somebody means who writes this; None where it is a question, or unclear."""
    if _SHARES.search(text):
        return None
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    for kind, pattern in (*_NOUNS, *_KOREAN):
        if any(pattern.search(clause) for clause in clauses):
            return kind
    for kind, pattern in _ENGLISH:
        if any(pattern.search(clause) for clause in clauses):
            return kind
    whole = [clause for clause in _CLAUSE.split(_TO_DO.sub(" ", text)) if clause.strip()]
    ours = [one for one in whole if _ICH.search(one) and _MAG.search(one) and not _WISSEN.search(one)]
    for kind, pattern in _GERMAN:
        if any(pattern.search(clause) for clause in ours):
            return kind
    return None
