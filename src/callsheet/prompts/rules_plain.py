"""The words of the rules for every prompt."""

from __future__ import annotations

from callsheet.prompts.rule import ANY, CLIPS, HEARD, SEEN, SPOKEN, Rule, Said

PLAIN_RULES = (
    Rule(
        "empty",
        "error",
        ANY,
        Said(
            "There are no words.",
            "There is not a word in it.",
            "Say what is to be made.",
            "…",
            "A fishing boat rocks at its mooring, static camera",
        ),
        Said("没有文字。", "里面没有一个字。", "写出要做什么。", "……", "渔船在码头轻轻摇晃，固定镜头"),
    ),
    Rule(
        "too-long",
        "error",
        ANY,
        Said(
            "It is longer than the model takes.",
            "{model} takes {limit} characters, and this has {length}.",
            "Keep subject, action, place and camera; leave out what repeats them.",
            "A fishing boat rocks at its mooring. " * 60,
            "A fishing boat rocks at its mooring, static camera",
        ),
        Said(
            "超过模型的长度上限。",
            "{model} 最多 {limit} 个字符，这里有 {length} 个。",
            "只留主体、动作、场景和镜头，删去重复的描述。",
            "渔船在码头轻轻摇晃。" * 250,
            "渔船在码头轻轻摇晃，固定镜头",
        ),
        model="vidu/viduq2-pro/extend",
    ),
    Rule(
        "truncated",
        "warning",
        ANY,
        Said(
            "The vendor reads only its beginning.",
            "{model} reads {limit} tokens, and this has at least {length}: the end is cut off there without a word.",
            "Put genre, mood and instruments first, and leave out the story.",
            "Calm lo-fi beats with piano, " * 20,
            "Calm lo-fi beats, slow, with piano and soft drums",
        ),
        Said(
            "厂商只读开头。",
            "{model} 只读 {limit} 个 token，这里至少有 {length} 个：后面的会被悄悄截掉。",
            "先写曲风、情绪和乐器，不写故事。",
            "舒缓的钢琴低保真音乐," * 12,
            "舒缓的低保真，慢速，钢琴和轻柔的鼓",
        ),
        shown="music",
        model="wondershare/tm_text2music",
    ),
    Rule(
        "test-marker",
        "note",
        ANY,
        Said(
            "It tests how an app takes failures.",
            "{quote} makes previz fail, refuse, wait or hang; a live vendor would get it as part of the prompt.",
            "Take it out before the prompt goes to a vendor.",
            "a red door [[fail]]",
            "A red door swings open in the wind, static camera",
        ),
        Said(
            "这是测试应用如何处理失败的标记。",
            "{quote} 让 previz 失败、拒绝、等待或卡住；真实厂商会把它当成提示词。",
            "交给厂商之前去掉。",
            "一扇红门 [[fail]]",
            "一扇红门在风中打开，固定镜头",
        ),
    ),
    Rule(
        "length-in-words",
        "warning",
        CLIPS | HEARD | {"multi-shot"},
        Said(
            "Seconds in the words are not the seconds of the params.",
            "It says {said} seconds and the param duration says {wanted}; the param decides.",
            "Take the seconds out of the words, or make both the same.",
            "A 10-second video of a fishing boat rocking at its mooring, static camera",
            "A fishing boat rocks at its mooring, static camera",
        ),
        Said(
            "文字里的秒数和参数不一致。",
            "文字说 {said} 秒，参数 duration 是 {wanted} 秒；以参数为准。",
            "把秒数从文字里去掉，或改成一致。",
            "10秒的视频，渔船在码头轻轻摇晃，固定镜头",
            "渔船在码头轻轻摇晃，固定镜头",
        ),
        input={"duration": 5},
    ),
    Rule(
        "against-params",
        "warning",
        SEEN,
        Said(
            "Words and params ask for different things.",
            "“{quote}” contradicts {param}.",
            "Say it in one place; for the camera, the param is the surer one.",
            "A fishing boat at its mooring, the camera pulls back slowly",
            "A fishing boat at its mooring, the camera pushes in slowly",
        ),
        Said(
            "文字和参数互相矛盾。",
            "“{quote}”与 {param} 矛盾。",
            "只在一处说明；镜头运动写参数更可靠。",
            "渔船停在码头，镜头缓缓拉远",
            "渔船停在码头，镜头缓缓推近",
        ),
        input={"camera_move": "push-in"},
    ),
    Rule(
        "wrong-language",
        "warning",
        SPOKEN,
        Said(
            "The text is in another language than the voice.",
            "The voice or language is {wanted}, and the text is in another.",
            "Choose a voice of the text's language, or translate the text.",
            "The ferry leaves the harbour at nine in the morning.",
            "渡轮上午九点离港。",
        ),
        Said(
            "文本和声音不是同一种语言。",
            "声音或语言是 {wanted}，文本却是另一种。",
            "换成文本语言的声音，或翻译文本。",
            "The ferry leaves the harbour at nine in the morning.",
            "渡轮上午九点离港。",
        ),
        shown="speech",
        input={"voice": "zh-CN-YunxiNeural"},
    ),
)
