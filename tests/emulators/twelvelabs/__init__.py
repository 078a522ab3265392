"""An emulator of the parts of TwelveLabs' API that SAGE uses, for the vendor's unmodified SDK.

    with Emulator() as vendor:
        vendor.task_seconds = 0.5
        vendor.lies = {Lie.MISSING_SEGMENTS}
        TwelveLabs(api_key=vendor.key, base_url=vendor.url)

It fetches or receives the media, makes real vectors of it, and behaves as it is told to: slow,
flaky, limited, or lying.
"""

from tests.emulators.twelvelabs.emulator import Emulator
from tests.emulators.twelvelabs.state import Fault, Lie

__all__ = ["Emulator", "Fault", "Lie"]
