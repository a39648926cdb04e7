from __future__ import annotations

import random

import pytest

from tests.bot.exports.round_trip import READERS, differences, texts


@pytest.mark.parametrize("form", READERS)
def test_random_unicode_comes_back_as_itself_or_its_clean_form(form):
    assert differences(form, list(texts(random.Random(1), 2_000))) == []
