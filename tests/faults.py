"""Which test shows what happens at each fault of the catalogue (reference/faults.md) that concerns the main job.

A rule test checks that every test named here is there, and that no fault of these groups is left out.
"""

from __future__ import annotations

ONCE = "tests/journeys/test_exactly_once.py"
BUTTONS = "tests/journeys/test_buttons.py"
TALK = "tests/journeys/test_conversations.py"
FAIL = "tests/journeys/test_when_parts_fail.py"
SENT = "tests/journeys/test_delivery.py"
DOOR = "tests/journeys/test_the_door.py"
STORE = "tests/storage/test_database.py"
LOADER = "tests/flows/test_loader.py::test_hostile_or_broken_yaml_is_a_clear_error"
MISTAKES = "tests/flows/test_loader.py::test_a_mistake_is_named_with_its_place_and_a_way_out"
HOSTILE = f"{DOOR}::test_hostile_words_are_stored_answered_and_exported"

TESTED = {
    "A1": f"{ONCE}::test_the_same_text_again_gets_the_same_bytes_and_changes_nothing",
    "A2": f"{ONCE}::test_of_fifty_copies_at_once_one_is_taken_and_all_get_its_reply",
    "A3": f"{ONCE}::test_the_same_id_with_other_words_keeps_the_first_and_raises_an_alert",
    "A4": f"{ONCE}::test_a_double_tap_is_not_taken_for_the_answer_to_the_next_question",
    "A5": f"{ONCE}::test_the_same_text_again_gets_the_same_bytes_and_changes_nothing",
    "A6": f"{ONCE}::test_of_fifty_copies_at_once_one_is_taken_and_all_get_its_reply",
    "A9": f"{ONCE}::test_two_answers_that_arrive_in_the_wrong_order_break_nothing",
    "A10": f"{ONCE}::test_reports_come_late_twice_and_out_of_order_and_a_status_never_goes_back",
    "A11": f"{FAIL}::test_a_report_that_comes_before_the_answer_of_the_gateway_is_not_undone",
    "A12": f"{ONCE}::test_a_report_about_a_text_we_never_sent_leaves_nothing_behind",
    "A13": f"{ONCE}::test_reports_come_late_twice_and_out_of_order_and_a_status_never_goes_back",
    "A14": f"{BUTTONS}::test_a_button_of_an_earlier_question_or_conversation_changes_nothing",
    "A15": f"{TALK}::test_whatsapp_with_a_number_and_with_none_are_people_of_their_own",
    "B1": f"{ONCE}::test_texts_of_one_person_at_once_are_taken_one_after_another",
    "B2": f"{FAIL}::test_postgresql_that_restarts_in_the_middle_of_a_turn_costs_nobody_an_answer",
    "B3": f"{ONCE}::test_many_people_at_once_do_not_cross",
    "B5": f"{TALK}::test_a_reminder_that_crosses_the_answer_is_not_sent",
    "B6": f"{TALK}::test_nothing_is_sent_to_a_contact_who_stopped_after_the_reminder_was_written",
    "B7": f"{FAIL}::test_two_workers_never_claim_the_same_text",
    "B8": f"{STORE}::test_a_deadlock_is_other_work_in_the_way",
    "B9": f"{STORE}::test_a_reader_sees_one_moment_of_the_store_however_long_it_reads",
    "B10": f"{STORE}::test_a_second_migration_changes_nothing_and_several_at_once_do_no_harm",
    "C1": f"{FAIL}::test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing_and_the_text_can_come_again",
    "C2": f"{ONCE}::test_the_same_text_again_gets_the_same_bytes_and_changes_nothing",
    "C3": f"{FAIL}::test_a_text_that_comes_while_the_store_is_away_is_kept_and_handled_when_it_is_back",
    "C4": f"{FAIL}::test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing_and_the_text_can_come_again",
    "C5": "tests/workers/test_clock.py::test_an_uncounted_answer_is_rung_for_until_it_is_counted",
    "C6": f"{FAIL}::test_a_worker_is_rung_for_texts_whose_worker_died_also_where_nothing_else_waits",
    "C7": f"{SENT}::test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left",
    "C8": f"{FAIL}::test_a_report_that_comes_before_the_answer_of_the_gateway_is_not_undone",
    "C9": "tests/bot/exports/test_files.py::test_a_write_that_fails_leaves_the_old_file_and_nothing_else",
    "C11": f"{STORE}::test_a_migration_that_breaks_leaves_the_store_as_it_was",
    "C12": f"{STORE}::test_a_commit_is_on_disk_before_it_is_told",
    "C13": f"{FAIL}::test_a_worker_killed_in_the_middle_of_counting_loses_and_doubles_nothing",
    "C14": f"{FAIL}::test_a_worker_that_lives_on_after_its_lease_records_nothing",
    "D1": f"{FAIL}::test_nobody_notices_that_the_queue_is_away",
    "D2": "tests/bot/test_background.py::test_a_queue_that_is_away_is_no_error_and_is_logged_once_a_minute",
    "D4": f"{FAIL}::test_a_text_that_comes_while_the_store_is_away_is_kept_and_handled_when_it_is_back",
    "F1": f"{TALK}::test_an_open_run_keeps_the_flow_it_began_with_however_the_file_is_edited",
    "F2": f"{TALK}::test_an_open_run_keeps_the_flow_it_began_with_however_the_file_is_edited",
    "F3": "tests/bot/exports/test_files.py::test_answers_to_questions_and_choices_that_were_taken_away_are_still_told",
    "F4": "tests/flows/test_engine.py::test_a_flow_that_runs_in_circles_ends_with_an_apology",
    "F5": MISTAKES,
    "F6": LOADER,
    "F7": "tests/flows/test_loader.py::test_words_that_other_yaml_takes_for_something_else_stay_words",
    "F8": LOADER,
    "F9": LOADER,
    "F10": LOADER,
    "F11": "tests/flows/test_conditions.py::test_nothing_reaches_beyond_the_language",
    "F13": "tests/flows/test_answers.py::test_a_reply_is_taken_for_what_it_means",
    "F14": "tests/flows/test_answers.py::test_odd_and_endless_texts_are_judged_without_a_stumble",
    "F15": "tests/flows/test_answers.py::test_a_reply_is_taken_for_what_it_means",
    "F16": MISTAKES,
    "F17": "tests/flows/test_text.py::test_a_text_costs_what_networks_charge_for_it",
    "F18": f"{BUTTONS}::test_a_question_with_six_answers_is_a_list_and_a_tap_is_taken_by_its_key",
    "F19": "tests/flows/test_engine.py::test_a_residents_words_are_data_in_our_texts",
    "F20": "tests/flows/test_translating.py::test_one_missing_sentence_and_the_flow_stays_in_its_own_language",
    "G1": f"{DOOR}::test_an_empty_text_costs_nothing_and_the_question_stays",
    "G2": HOSTILE,
    "G3": HOSTILE,
    "G4": f"{DOOR}::test_bytes_that_are_no_text_are_kept_as_they_came",
    "G5": HOSTILE,
    "G6": HOSTILE,
    "G7": "tests/bot/test_twilio_webhook.py::test_a_long_text_that_came_in_base64_is_unwrapped_and_kept_as_received",
    "G8": f"{DOOR}::test_a_picture_is_never_fetched_and_kindly_refused",
    "G9": f"{DOOR}::test_a_picture_is_never_fetched_and_kindly_refused",
    "G10": f"{DOOR}::test_a_picture_is_never_fetched_and_kindly_refused",
    "G11": f"{DOOR}::test_a_place_or_a_profile_name_is_not_kept",
    "G12": "tests/bot/test_phone.py::test_what_a_resident_writes_cannot_become_part_of_the_page",
    "G13": HOSTILE,
    "G14": HOSTILE,
    "G16": "tests/bot/test_logs.py::test_a_line_break_in_a_field_cannot_forge_a_line",
    "G17": HOSTILE,
}

ELSEWHERE = {
    "A7": "fetching what was missed belongs to reaching people",
    "A8": "fetching what was missed belongs to reaching people",
    "B4": "nobody but the contact can end a run from outside yet",
    "C10": "erasure belongs to rights",
    "F12": "flows hold no regular expressions",
    "G15": "workbooks belong to exports",
    "G18": "nothing in the answer path asks a language model",
    "G19": "signposting belongs to languages and safety",
    "G20": "masking belongs to exports",
    "G21": "there is no policy on age to follow yet",
}
"""Faults of the same groups that the main job has no part in, and why."""
