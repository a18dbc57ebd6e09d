"""`python -m procure` is `procure`."""

from __future__ import annotations

from procure.cli import main

main()
