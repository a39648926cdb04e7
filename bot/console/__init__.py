"""The console: pages for coordinators, and for champions who have a smartphone. Plain pages; scripts only help."""

from bot.console.blueprint import register_console

__all__ = ["register_console"]
