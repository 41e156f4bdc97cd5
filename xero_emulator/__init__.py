"""A small but strict stand-in for Xero, for development, demonstrations and tests. It is not Xero."""

from xero_emulator.server import EmulatorServer

__all__ = ["EmulatorServer"]
