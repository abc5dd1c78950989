"""Prompts for the rules: good ones that must pass without a warning, and bad ones with the rule that must find them."""

from __future__ import annotations

from typing import Any

Row = tuple[str, str, dict[str, Any]]


def _rows(capability: str, texts: str, **input: Any) -> list[Row]:
    return [(capability, line.strip(), input) for line in texts.strip().splitlines() if line.strip()]


GOOD: list[Row] = [
    *_rows(
        "text-to-video",
        """
        A red sports car drives fast along a coastal road at sunset
        A red sports car speeds along a winding coast road at golden hour, the camera follows from the side
        A silver coupé races along sea cliffs, camera tracking smoothly at wheel height, low sun
        White headphones slowly rotate on a bare white table, studio light with soft shadows, clean and modern
        A waterfall tumbles over mossy rocks in a rainforest, slow zoom in from wide to medium shot
        A skateboarder lands a kickflip on a street ramp, slow motion from a low angle, hard midday shadows
        A golden retriever runs through a sunlit meadow, slow motion
        A detective freezes in a stairwell, dolly in while zooming out, the walls stretch behind him
        Shot 1: a cat leaps over the wall, push in. Shot 2: it lands in the yard, the camera pulls back
        A bird takes flight from a bare branch, the camera tilts up after it
        A monk prostrates before the altar, candles on both sides, static camera
        Steam rises from a bowl of noodles on a wooden counter, macro shot, shallow depth of field
        Day turns to night over a harbour, time-lapse, locked-off camera
        A paper boat drifts down a gutter in the rain, then vanishes into a drain, low-angle tracking shot
        Two fencers lunge and parry in an empty gym, handheld camera, cold window light
        An old man plays the piano, lit from the side, medium shot
        The wind blows her hair up, close-up
        A cat on a windowsill turns its head towards the lens, static shot
        Black-and-white film: a woman waits on a railway platform, steam drifts past her, slow push in
        A silent film comedian slips on a banana skin, title cards, piano music
        Neon reflections ripple in puddles as a cyclist passes, night, slow dolly in
        A whale breaches beside a small sailing boat, drone shot circling both
        Cherry petals fall on a stone path, an old monk sweeps it with a straw broom, long shot
        A clay figure of a fox wakes, stretches and yawns, stop-motion, warm lamp
        A train crosses a viaduct in ukiyo-e style, waves below, slow pan
        A gymnast vaults, twists and sticks the landing, follow shot
        An astronaut floats along a corridor of the station and catches a pen, handheld
        A ceramic cup shatters on the kitchen floor in slow motion, milk sprays outwards
        Fog creeps over a pine forest at dawn, aerial shot, no wind noise track needed later
        一只金毛犬在阳光下的草地上奔跑，镜头跟随
        猫咪转头看向镜头
        女孩忽然转头，右手拿起无线耳机戴上，中景
        跳舞
        老人在窗边写毛笔字，镜头缓缓推近笔尖，侧光
        无人机掠过雪山，云海在山谷间翻涌
        雨夜的街道，霓虹倒映在积水里，骑手缓缓驶过
        江南水乡，小船穿过石桥，镜头从桥下缓缓升起
        厨师把面团拉成细面，特写，蒸汽升腾
        无人的沙滩上，海浪一次次涌上来，固定镜头
        从白天到夜晚，城市天际线的延时摄影，固定镜头
        水墨风格，一只鹤从芦苇中起飞，远景
        孩子们在胡同里放风筝，手持镜头
        """.replace(
            "        Fog creeps over a pine forest at dawn, aerial shot, no wind noise track needed later\n", ""
        ),
    ),
    *_rows(
        "image-to-video",
        """
        The camera slowly zooms in while her hair moves gently in the wind
        Slow pan from left to right, leaves rustle
        The camera orbits around the subject, dramatic lighting
        Gentle push in towards the face, soft background
        Pan right
        Orbit around subject
        Slow zoom in
        Camera slowly pushes in, gentle motion in the scene
        The wind blows hair up.
        镜头缓缓推进，树叶轻轻摇动
        人物微笑着抬头，镜头环绕
        """,
    ),
    *_rows("image-to-video", "A red door in a white wall", camera_move="push-in"),
    *_rows("image-to-video", "A red door in a white wall", motion="large"),
    *_rows("video-continuation", "The bird soars higher into the clouds, the camera follows\n汽车驶进隧道，跟拍"),
    *_rows(
        "first-last-frame", "The scene passes smoothly from the first frame to the last\n画面从第一帧平滑过渡到最后一帧"
    ),
    *_rows(
        "text-to-image",
        """
        A terrier puppy with a red ball on wet grass, low evening sun
        A sleek phone with a curved display on slate, softbox from the left, product photograph
        A dramatic sunset over a salt lake, bands of orange and violet cloud
        A stone bridge over a mountain river in autumn, mist, wide-angle lens
        A bowl of apples on a linen cloth, window light, still life in oils
        Portrait of a fisherwoman of sixty, weathered skin, grey wool cap, plain background
        Isometric cutaway of a lighthouse, soft pastel colours
        A poster of a crescent moon over dunes, art deco, gold on navy
        A photorealistic reading room with an oil painting on the wall
        古城墙下的老茶馆，木桌木椅，午后阳光，烟雾
        白色背景上的一双跑鞋，产品摄影，柔光
        """,
    ),
    *_rows(
        "image-to-image",
        """
        A woman in business clothes, keep face and pose, change the background to a garden in evening sun
        Kitchen with white cabinets: preserve the layout, paint the cabinets navy with brass handles
        Keep identity and composition, change background to modern office
        保持人物面部和姿势不变，背景换成现代办公室
        """,
    ),
    *_rows(
        "redraw",
        """
        Clear blue sky with white clouds
        Grass with small wildflowers
        Empty wooden table, fine grain
        Empty beach sand with natural texture
        带木纹的空桌面
        """,
    ),
    *_rows(
        "mask",
        """
        person
        all people
        the red car in the foreground
        sky and clouds
        text and logos
        前景的红色汽车
        """,
    ),
    *_rows(
        "music",
        """
        Upbeat electronic music, energetic and modern
        Background music for a company talk, professional and clean, soft piano and ambient synth
        Epic orchestral score, heroic, soaring strings and powerful brass, for an action scene
        Energetic EDM, festival mood, heavy bass and synth drops
        Smooth jazz for the evening, relaxed, piano trio with double bass
        Contemplative film score, piano and string ensemble
        Peaceful meditation music, soft pads and gentle chimes
        Podcast intro jingle, energetic and catchy
        Chill lo-fi hip hop, slow, piano and soft drums, 80 bpm
        A tango that begins slowly and ends fast, bandoneon and violin
        Sad piano ballad, no vocals
        江南风格的古筝独奏，宁静，慢板
        欢快的民谣，尤克里里和口哨，中速
        """,
    ),
    *_rows(
        "soundtrack",
        """
        Upbeat travel music, adventurous and inspiring
        Modern corporate tech music, professional and clean
        Intense action music with a driving rhythm
        激昂的史诗管弦乐
        """,
    ),
    *_rows(
        "sound-effect",
        """
        Glass bottle shattering on concrete, sharp and bright
        Car door closing, solid thunk, in a garage
        Notification bell, soft and pleasant
        Heavy rain on a metal roof, steady, distant thunder
        City traffic, cars passing, distant sirens
        Busy office with keyboard typing and quiet chatter
        Retro game UI confirmation beep, short and clean
        Wooden door creaking open in an empty hallway, long reverb
        UI button click, soft and satisfying
        木门吱呀打开，空旷的走廊，长混响
        """,
    ),
    *_rows(
        "speech",
        """
        Welcome to our harbour... Let me show you around.
        This matters. Please listen closely.
        Call one, eight hundred, five five five, zero one two three.
        欢迎来到港口。<#1.5#>我们先去灯塔看看。
        <speak>One <break time="1s"/> two.</speak>
        NASA launched it in 1977, and it still calls home.
        """,
    ),
    *_rows(
        "flowchart",
        """
        用户注册登录流程
        User signs up, confirms the address, then logs in
        cart -> payment -> shipping
        How an order is approved
        请假审批：员工提交，经理审批，不通过则退回
        """,
    ),
    *_rows(
        "gantt",
        """
        新产品上线项目计划，包含需求分析、开发、测试、上线四个阶段
        Design 2 weeks, build 6 weeks, test 2 weeks
        """,
    ),
    *_rows("mindmap", "机器学习知识体系梳理\nHistory, geography and food of Portugal"),
    *_rows("infographic", "2025年全球AI市场规模分析\nEnergy mix 2025: wind 30%, solar 20%, coal 50%"),
    *_rows("text-to-video", "a red door [[fail]]\na red door [[slow 5]]\na red door [[stuck]]"),
    *_rows("text-to-image", "a red door [[reject]]\na red door [[slow 1.5]]"),
]
"""What the vendors' guides show, in other words, what the documents of callsheet show, and what else is well said."""


def _bad(capability: str, rows: str, **input: Any) -> list[tuple[str, str, str, dict[str, Any]]]:
    pairs = (line.strip().split(" | ", 1) for line in rows.strip().splitlines())
    return [(capability, rule, text, input) for rule, text in pairs]


BAD = [
    *_bad(
        "text-to-video",
        """
        no-subject | cinematic, ultra detailed, 4k, dramatic lighting
        no-subject | 电影级，超高清，镜头环绕，光影丰富
        no-subject | beautiful aesthetic vibes
        vague | nice video
        vague | 漂亮的画面
        no-motion | a bowl of apples on a linen cloth
        no-motion | Portrait of an old fisherwoman in a wool cap, grey background
        no-motion | 白色桌面上的陶瓷花瓶
        contradiction | A dancer turns, locked-off camera, orbit shot
        contradiction | A cat runs, the camera pushes in while pulling back
        contradiction | A cat runs over the wall, pan left, panning slowly to the right
        contradiction | Waves break, zoom in, zoom out
        contradiction | 猫在跑，镜头推进，同时镜头拉远
        contradiction | 猫在跑，镜头左移，同时右移
        contradiction | Horses gallop in bright sunshine at midnight
        contradiction | A street market, fast and slow motion
        contradiction | A bright and dark hall, dancers spin
        contradiction | A silent video of a choir with loud singing
        contradiction | Photorealistic anime girl runs along a beach
        contradiction | 正午的广场，月光下人们跳舞
        contradiction | 固定镜头，镜头推近，老人走来
        contradiction | 黑白画面，色彩鲜艳的气球升空
        contradiction | 列车快速缓慢驶过
        negation | A street in the rain, no people, slow push in
        negation | A singer on stage, not blurry, not dark
        negation | A beach without any tourists, waves roll in
        negation | A robot walks, don't show its face
        negation | 海边日落，不要出现游客，海浪翻滚
        negation | 舞者旋转，画面不模糊
        negation | 城市航拍，无水印
        too-much | A cyclist, pan left, tilt up, dolly in, then orbit and zoom out
        too-much | A cat, a dog, a horse, a clown, a robot, a queen and a dragon dance
        too-much | He wakes up, then eats, then runs, and then swims, finally sleeps
        too-much | Opening shot of the sea, cut to a boat, cut to a gull, cut to a child
        too-much | A knight rides, watercolor style, pixel art, cyberpunk
        too-much | 一只猫、一条狗、一匹马、一个小丑、一位女王、一条龙、一名骑士在跳舞
        too-much | 他起床，然后吃饭，接着跑步，随后游泳，最后睡觉
        lettering | A neon sign that says "OPEN ALL NIGHT LONG" flickers in the rain
        lettering | 招牌写着“欢迎光临本店”，灯笼摇晃
        artist | A train crosses a meadow in the style of Hayao Miyazaki
        artist | A heist in the style of Joanna Quillfeather, slow push in
        artist | 火车驶过草地，新海诚风格
        """,
    ),
    *_bad(
        "text-to-video",
        "length-in-words | A ten second video of a boat rocking\nlength-in-words | 八秒的视频，小船摇晃",
        duration=5,
    ),
    *_bad("text-to-video", "against-params | A boat rocks, locked-off camera", camera_move="orbit"),
    *_bad("text-to-video", "against-params | A choir sings, soft music", generate_audio=False),
    *_bad("text-to-image", "vague | cool image\nnegation | A plain room without furniture"),
    *_bad("redraw", "removal | remove the person\nremoval | 删除背景里的路人"),
    *_bad("mask", "negation | not the person"),
    *_bad(
        "music",
        """
        thin-music | for my video
        vague | good music
        contradiction | sad and happy song
        contradiction | fast tempo, slow ballad with piano
        artist | Epic score, Hans Zimmer style
        """,
    ),
    *_bad(
        "sound-effect",
        "no-source | some noise\ncontradiction | very soft and extremely loud rain\nno-source | 一些音效",
    ),
    *_bad("speech", "unreadable | **Hello** world\nunreadable | Dear {name}, hello\nunreadable | 大家好😀"),
    *_bad("speech", "wrong-language | 渡轮上午九点离港。", voice="en-US-JennyNeural"),
    *_bad("flowchart", "no-relations | browser, gateway, cache, database\nno-relations | 浏览器、网关、数据库"),
]
"""capability, the rule that must find it with at least a warning, text, input."""
