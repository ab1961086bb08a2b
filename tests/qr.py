"""Reading QR pictures as a phone would, with OpenCV: a decoder that shares nothing with what draws them."""

from typing import Any

import cv2
import numpy as np

#: OpenCV finds a small, sharp picture in one size and misses it in another; a camera sees it in many.
_SIZES = (1.0, 1.5, 2.0, 0.75, 3.0)


def read_qr(picture: bytes) -> str:
    """Return what a PNG says; empty when nothing is found in it at any size."""
    return read_qr_image(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR))


def read_qr_image(image: Any) -> str:
    """The same for a picture that is read already."""
    for size in _SIZES:
        shown = cv2.resize(image, None, fx=size, fy=size, interpolation=cv2.INTER_AREA if size < 1 else cv2.INTER_CUBIC)
        for detector in (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco()):
            if said := str(detector.detectAndDecode(shown)[0]):
                return said
    return ""
