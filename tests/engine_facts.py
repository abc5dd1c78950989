"""The facts of the vendors that exist only in the engine's tests: they answer as a test says."""


def _head(name: str, about: str) -> str:
    return f"""
[vendor]
id = "{name}"
name = "{name.title()}"
about = "{about}"
base_url = "https://{name}.example"
hosts = ["{name}.example"]
docs = "https://{name}.example/docs"
source = "this test"
checked = 2026-11-21
states = {{ queued = "queued", running = "running", succeeded = "succeeded", failed = "failed", canceled = "canceled" }}

[vendor.auth]
scheme = "none"
"""


STUDIO = (
    _head("studio", "A vendor that answers as a test says.")
    + """

[[models]]
name = "swift"
capability = "text-to-video"
title = "Swift"
about = "Video from words."
path = "/swift"
outputs = [{ kind = "video", count = 1 }]
prices = [{ credits = 3, per = "task", source = "this test", checked = 2026-11-21 }]
params = [
  { name = "prompt", required = true },
  { name = "duration", min = 1, max = 600, default = 4 },
  { name = "resolution", values = ["720p", "8k"], default = "720p" },
  { name = "seed" },
  { name = "sparkle", type = "boolean", description = "More of it.", own = true },
]

[[models]]
name = "still"
capability = "image-to-video"
title = "Still"
about = "Video from a still."
path = "/still"
outputs = [{ kind = "video", count = 1 }]
params = [
  { name = "prompt" },
  { name = "image", required = true, media = { formats = ["png", "jpeg"], max_bytes = 20000, max_pixels = 10000 } },
]

[[models]]
name = "sketch"
capability = "text-to-image"
title = "Sketch"
about = "Pictures from words."
path = "/sketch"
outputs = [{ kind = "image", count = "count" }]
params = [{ name = "prompt", required = true, max_length = 40 }, { name = "count", default = 1 }]

[[models]]
name = "teller"
capability = "caption"
title = "Teller"
about = "Words from a picture."
path = "/teller"
outputs = [{ kind = "text", count = 1 }]
params = [{ name = "image", required = true }]

[[models]]
name = "cast"
capability = "reference-to-video"
title = "Cast"
about = "Video with people in it."
path = "/cast"
outputs = [{ kind = "video", count = 1 }]
params = [
  { name = "prompt", required = true },
  { name = "subjects", required = true, fields = [
    { name = "id", type = "string", own = true, description = "Who it is." },
    { name = "images", media = { formats = ["png"], max_pixels = 10000 } },
  ] },
]

[[models]]
name = "song"
capability = "voice-clone"
title = "Song"
about = "What previz has no renderer for."
path = "/song"
outputs = [{ kind = "audio", count = 1 }]
params = [{ name = "prompt", required = true }]
"""
)

LOFT = (
    _head("loft", "Another vendor that answers as a test says, and can do less.")
    + """

[[models]]
name = "calm"
capability = "text-to-video"
title = "Calm"
about = "Short video from words."
path = "/calm"
outputs = [{ kind = "video", count = 1 }]
params = [{ name = "prompt", required = true }, { name = "duration", min = 1, max = 10, default = 5 }]

[[models]]
name = "pan"
capability = "image-to-video"
title = "Pan"
about = "Video from a very small still."
path = "/pan"
outputs = [{ kind = "video", count = 1 }]
params = [{ name = "image", required = true, media = { formats = ["png"], max_bytes = 20 } }]
"""
)

VAULT = (
    _head("vault", "A vendor that answers as a test says, and takes the same request twice for one.")
    + """

[vendor.once]
header = "Idempotency-Key"
lifetime = 3600

[[models]]
name = "safe"
capability = "text-to-video"
title = "Safe"
about = "Video from words."
path = "/safe"
outputs = [{ kind = "video", count = 1 }]
params = [{ name = "prompt", required = true }]
"""
)

BELL = (
    _head("bell", "A vendor that answers as a test says, and calls back.")
    + """

[vendor.callback]
param = "callback"
about = "When it has ended."

[[models]]
name = "ring"
capability = "text-to-video"
title = "Ring"
about = "Video from words."
path = "/ring"
outputs = [{ kind = "video", count = 1 }]
params = [{ name = "prompt", required = true }]
"""
)
