"""The words of a music prompt, English and Chinese, as patterns: what was found is what the brief holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType


def _table(rows: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    return MappingProxyType({name: re.compile(words, re.IGNORECASE) for name, words in rows.items()})


GENRE_WORDS = _table(
    {
        "lo-fi": r"\blo-?\s?fi\b|chill\s?hop|study beats|低保真|学习音乐",
        "hip-hop": r"hip-?\s?hop|\brap\b|\btrap\b|boom ?bap|嘻哈|说唱",
        "chinese": r"\bchinese\b|guzheng|erhu|pipa|guqin|dizi|oriental"
        r"|中国风|国风|古风|民乐|古筝|二胡|琵琶|古琴|笛子|江南|中式",
        "waltz": r"\bwaltz|圆舞曲|华尔兹",
        "jazz": r"\bjazz|\bswing\b|bebop|爵士",
        "latin": r"\blatin\b|bossa|samba|salsa|tango|拉丁|桑巴|波萨诺瓦|探戈",
        "electronic": r"electro|\bhouse\b|techno|\bedm\b|trance|\bdance\b|synth-?wave|\bclub\b|电子|电音|舞曲|浩室",
        "rock": r"\brock\b|metal\b|\bpunk\b|grunge|摇滚|金属乐",
        "children": r"child|\bkids?\b|nursery|lullaby|cartoon|\btoy|儿歌|儿童|童谣|摇篮曲|卡通",
        "classical": r"classical|solo piano|piano (solo|sonata|piece)|sonata|nocturne|baroque"
        r"|古典|钢琴曲|钢琴独奏|夜曲|奏鸣曲",
        "folk": r"\bfolk|acoustic|country\b|campfire|singer-songwriter|民谣|乡村|原声",
        "suspense": r"suspens|horror|thriller|creepy|eerie|scary|haunt|悬疑|恐怖|惊悚|诡异",
        "cinematic": r"cinematic|\bepic\b|trailer|orchestra|heroic|film score|symphon|battle"
        r"|史诗|电影|管弦|交响|预告片|战斗|英雄|大气",
        "happy": r"corporate|ukulele|commercial|advert|explainer|企业|广告|宣传片|尤克里里",
        "ambient": r"ambient|meditat|\bspa\b|drone\b|\byoga\b|soundscape|sleep|环境音乐|氛围|冥想|瑜伽|助眠|睡眠",
        "pop": r"\bpop\b|流行",
    }
)

MOOD_WORDS = _table(
    {
        "happy": r"happy|joy|cheer|bright|upbeat|playful|fun\b|sunny|快乐|欢快|开心|愉快|活泼|明亮|喜庆|轻快",
        "sad": r"\bsad|melanchol|sorrow|lonely|nostalg|heartbr|悲伤|忧伤|伤感|难过|孤独|哀|怀旧",
        "tense": r"tense|tension|suspens|danger|anxi|dark\b|horror|scary|creepy|紧张|悬疑|危险|恐怖|黑暗|惊悚",
        "epic": r"\bepic|hero|triumph|majest|grand\b|powerful|battle|史诗|英雄|胜利|宏大|壮阔|磅礴|大气|战斗",
        "romantic": r"romantic|\blove\b|tender|wedding|浪漫|爱情|温柔|婚礼|甜蜜",
        "mysterious": r"myster|magic|enigma|secret|神秘|魔法|诡异|奇幻",
        "dreamy": r"dream|float|ethereal|space\b|cosmic|梦幻|梦|飘|空灵|太空|宇宙",
        "energetic": r"energ|fast\b|driving|sport|workout|action|excit|动感|激烈|激情|运动|热血|活力|节奏感",
        "calm": r"calm|peace|relax|gentle|soft|quiet|soothing|warm\b|serene|slow\b"
        r"|平静|宁静|放松|舒缓|安静|柔和|温暖|轻柔|治愈",
    }
)

VOICE_WORDS = _table(
    {
        "epiano": r"electric piano|e-?piano|rhodes|wurli|电钢",
        "piano": r"(?<!electric )\bpiano|(?<!电)钢琴",
        "guzheng": r"guzheng|古筝|guqin|古琴|pipa|琵琶",
        "erhu": r"erhu|二胡",
        "dizi": r"dizi|bamboo flute|笛子|竹笛|箫",
        "violin": r"violin|fiddle|小提琴",
        "strings": r"\bstrings?\b|string section|弦乐|cello|大提琴",
        "distorted": r"electric guitar|distort|电吉他",
        "guitar": r"(?<!electric )\bguitar|(?<!电)吉他|ukulele|尤克里里|banjo|harp\b|竖琴",
        "flute": r"(?<!bamboo )\bflutes?\b|长笛|woodwind|木管",
        "brass": r"brass|horns?\b|trumpet|trombone|铜管|小号|圆号|号角",
        "choir": r"choir|choral|chorus\b|合唱|人声吟唱",
        "organ": r"\borgan\b|管风琴|风琴",
        "bell": r"\bbells?\b|glocken|钟琴|铃|钟声",
        "musicbox": r"music ?box|八音盒|音乐盒",
        "celesta": r"celesta|celeste|钢片琴",
        "vibes": r"vibraphone|\bvibes?\b|marimba|马林巴|颤音琴",
        "whistle": r"whistl|口哨",
        "synth": r"\bsynth|合成器",
        "bass": r"\bbass\b|贝斯|低音",
        "drums": r"\bdrums?\b|percussion|\bbeats?\b|鼓|打击乐|节拍",
    }
)
"""A voice of the band for what the prompt calls it. Where two are close the longer name wins by its own pattern."""

STAND_INS = MappingProxyType(
    {
        "saxophone": ("brass", r"\bsax(?:ophones?)?\b|萨克斯"),
        "suona": ("brass", r"\bsuona\b|唢呐"),
        "clarinet": ("flute", r"clarinet|单簧管|黑管"),
        "oboe": ("flute", r"\boboe|bassoon|双簧管|巴松"),
        "accordion": ("organ", r"accordion|bandoneon|手风琴"),
        "harmonica": ("organ", r"harmonica|口琴"),
        "mandolin": ("guitar", r"mandolin|\bsitar|\boud\b|\blute\b|曼陀林|西塔琴"),
        "hulusi": ("dizi", r"hulusi|shakuhachi|panpipe|葫芦丝|尺八|排箫"),
        "xylophone": ("vibes", r"xylophone|kalimba|木琴|卡林巴"),
    }
)
"""Instruments that no voice of the band is, and the voice that comes nearest."""

FAMILIES = MappingProxyType(
    {
        "strings": frozenset({"spiccato", "pizzicato", "contrabass", "violin"}),
        "piano": frozenset({"pianobass"}),
        "synth": frozenset({"synthbass", "stab", "arp"}),
    }
)
"""Which voices go with one that is left out, where the prompt does not name them itself."""

NOT = r"(?:without|no|not any|minus|excluding|non|无|没有|不要|不带|去掉|不用|不含)\s*(?:any|the|a)?\s*"

TEMPO_WORDS = _table(
    {
        "60": r"\blargo|very slow|极慢|很慢",
        "72": r"adagio|\bslow\b|慢板|缓慢|舒缓|慢速",
        "92": r"andante|moderate|行板|中速|中等速度",
        "126": r"allegro|\bfast\b|快板|快速|快节奏",
        "152": r"presto|very fast|急板|极快|很快",
    }
)

MODE_WORDS = _table(
    {
        "dorian": r"dorian|多利亚",
        "phrygian": r"phrygian|弗里几亚",
        "lydian": r"lydian(?!\w)|利底亚",
        "mixolydian": r"mixolydian|混合利底亚",
        "gong": r"宫调|\bgong mode|major pentatonic",
        "yu": r"羽调|\byu mode|minor pentatonic",
    }
)

NOTES = MappingProxyType({"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11})

_SIGN = r"\s*(#|♯|♭|b(?![a-z])|-?\s?sharp|-?\s?flat)?"
KEY_EN = re.compile(
    r"\b(?:in\s+)?(?:the\s+key\s+of\s+)?([A-G])"
    + _SIGN
    + r"[\s-]*(major|minor|maj|min|dorian|phrygian|lydian|mixolydian)\b",
    re.IGNORECASE,
)
KEY_PLAIN = re.compile(r"\bkey\s+of\s+([A-G])" + _SIGN + r"(?![a-z])", re.IGNORECASE)
KEY_ZH = re.compile(r"(升|降)?\s*([A-G])\s*(#|♯|♭|b)?\s*(大调|小调|调)", re.IGNORECASE)
BPM = re.compile(
    r"(\d{2,3}(?:\.\d+)?)\s*-?\s*(?:bpm|beats per minute|拍(?!子))"
    r"|(?:bpm|tempo|速度|每分钟)\s*(?:of|:|：|=|为)?\s*(\d{2,3}(?:\.\d+)?)",
    re.IGNORECASE,
)
METRE = re.compile(r"(?<!\d)([346])\s*/\s*([48])(?!\d)|([三四六])拍子")


def found(table: Mapping[str, re.Pattern[str]], text: str) -> list[str]:
    """The names whose words occur, in the table's order."""
    return [name for name, pattern in table.items() if pattern.search(text)]


def refused(text: str, negative: str) -> frozenset[str]:
    """The voices that the prompt says to leave out, or that its negative names."""
    out = set(found(VOICE_WORDS, negative))
    for name, pattern in VOICE_WORDS.items():
        if re.search(NOT + rf"(?:\w+\s+(?:and|or|nor)\s+)?(?:{pattern.pattern})", text, re.IGNORECASE):
            out.add(name)
    return frozenset(out)


def stood_in(text: str) -> dict[str, str]:
    """Instruments that the text asks for and no voice is, each with the voice that plays in its place."""
    return {
        name: voice
        for name, (voice, words) in STAND_INS.items()
        if re.search(words, re.sub(rf"{NOT}(?:{words})", " ", text, flags=re.IGNORECASE), re.IGNORECASE)
    }


def cleared(text: str, names: Iterable[str]) -> str:
    """The prompt without what it says to leave out, so that "without drums" does not ask for drums."""
    for name in names:
        text = re.sub(
            NOT + rf"(?:\w+\s+(?:and|or|nor)\s+)?(?:{VOICE_WORDS[name].pattern})", " ", text, flags=re.IGNORECASE
        )
    return text
