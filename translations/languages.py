"""The languages that ship, each by its name in itself, as a menu shows them."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "cy": "Cymraeg",
    "bn": "বাংলা",
    "ur": "اردو",
    "pa": "ਪੰਜਾਬੀ",
    "gu": "ગુજરાતી",
    "ta": "தமிழ்",
    "pl": "Polski",
    "ro": "Română",
    "pt": "Português",
    "lt": "Lietuvių",
    "hu": "Magyar",
    "it": "Italiano",
    "es": "Español",
    "fr": "Français",
    "so": "Soomaali",
    "ar": "العربية",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
"""By code, in the order of a menu."""

OTHER_LETTERS = frozenset({"bn", "ur", "pa", "gu", "ta", "ar", "uk", "zh"})
"""Languages that are not written in Latin letters, though people may text them so."""
