from __future__ import annotations

import pytest
from phonenumbers.phonenumberutil import region_code_for_country_code

from bot.people.calling_codes import COUNTRIES
from bot.people.numbers import NumberError, country_of, e164


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("07700 900123", "+447700900123"),
        ("(0)7700-900123", "+447700900123"),
        ("+44 7911 123456", "+447911123456"),
        ("٠٧٩١١ ١٢٣٤٥٦", "+447911123456"),
        ("07797 712345", "+447797712345"),
        ("+353 85 012 3456", "+353850123456"),
    ],
)
def test_a_number_is_read_as_people_write_it(written, number):
    assert e164(written, "GB", {"GB", "IE"}) == number


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("07700 9001", "not a phone number"),
        ("07700 90012", "not a phone number"),
        ("07911 12345", "not a phone number"),
        ("07911 1234567", "too many or too few digits"),
        ("12345", "too many or too few digits"),
        ("999", "too many or too few digits"),
        ("hello", "not a phone number"),
        ("020 7946 0018", "not a mobile number"),
        ("070 1234 5678", "not a mobile number"),
        ("+1 202 555 0143", "these countries only: GB, IE"),
        ("07700 900123 / 07700 900124", "more than one number"),
        ("4.47701E+11", "The spreadsheet has shortened"),
        ("7,7009E+09", "The spreadsheet has shortened"),
    ],
)
def test_what_cannot_be_texted_is_told_why(written, why):
    with pytest.raises(NumberError, match=why):
        e164(written, "GB", {"GB", "IE"})


def test_our_table_of_calling_codes_is_the_librarys():
    known = {code: region_code_for_country_code(code) for code in range(1, 1000)}
    assert {code: country for code, country in known.items() if country != "ZZ"} == COUNTRIES


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("sms:+447700900123", "GB"),
        ("sms:+12025550143", "US"),
        ("whatsapp:+353850123456", "IE"),
        ("sms:+21000000", ""),
        ("whatsapp:GB.abc123", "GB"),
        ("sms:60777", ""),
    ],
)
def test_an_address_tells_its_country(address, country):
    assert country_of(address) == country
