"""The bytes of uploads and artifacts, addressed by content: in a folder, or in a bucket with a folder before it."""

from callsheet.files.blob import Blob as Blob
from callsheet.files.blob import Blobs as Blobs
from callsheet.files.bucket import Bucket as Bucket
from callsheet.files.folder import GATHER as GATHER
from callsheet.files.folder import Folder as Folder
