"""Which test shows what happens at each fault of the catalogue (reference/faults.md).

A rule test checks that every test named here is there, and that no fault of these groups is left out. A fault with
several parts has a line for each, with a word behind its number.
"""

from __future__ import annotations

DOUBT = "tests/journeys/test_doubts.py"
ABUSE = "tests/journeys/test_abuse.py"
AWAY = "tests/journeys/test_store_away.py"
CODES = "tests/bot/console/test_champion_sign_in.py"
ONCE = "tests/journeys/test_exactly_once.py"
CLOCKS = "tests/journeys/test_clocks.py"
SENT = "tests/journeys/test_delivery.py"
OUT = "tests/journeys/test_outages.py"
RULES = "tests/journeys/test_reaching_rules.py"
HOURS = "tests/bot/broadcasts/test_hours.py"
TIMES = "tests/bot/broadcasts/test_budget_prices_schedule.py"
CHAMPION = "tests/journeys/test_champions.py"
PEOPLE = "tests/bot/console/test_conversations.py"
WAYS = "tests/bot/test_twilio_api.py"
BUTTONS = "tests/journeys/test_buttons.py"
TALK = "tests/journeys/test_conversations.py"
FAIL = "tests/journeys/test_when_parts_fail.py"
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
    "A5 erased": "tests/journeys/test_rights.py::test_a_replayed_text_does_not_bring_them_back_and_a_new_one_may",
    "A6": f"{ONCE}::test_of_fifty_copies_at_once_one_is_taken_and_all_get_its_reply",
    "A7": f"{SENT}::test_a_text_the_webhook_never_got_is_fetched_and_answered_once",
    "A8": f"{SENT}::test_a_fetched_text_older_than_the_question_is_not_put_on_it",
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
    "B4": f"{PEOPLE}::test_a_person_takes_over_and_the_flow_waits",
    "B5": f"{TALK}::test_a_reminder_that_crosses_the_answer_is_not_sent",
    "B6": f"{TALK}::test_nothing_is_sent_to_a_contact_who_stopped_after_the_reminder_was_written",
    "B7": f"{FAIL}::test_two_workers_never_claim_the_same_text",
    "B8": f"{STORE}::test_a_deadlock_is_other_work_in_the_way",
    "B9": f"{STORE}::test_a_reader_sees_one_moment_of_the_store_however_long_it_reads",
    "B10": f"{AWAY}::test_texts_that_come_while_the_next_release_migrates_are_kept_and_the_old_code_goes_on_behind_it",
    "B10 new code": f"{AWAY}::test_new_code_on_a_store_that_is_not_migrated_yet_loses_no_text",
    "B10 twice": f"{STORE}::test_a_second_migration_changes_nothing_and_several_at_once_do_no_harm",
    "C1": f"{FAIL}::test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing_and_the_text_can_come_again",
    "C2": f"{FAIL}::test_a_web_killed_between_its_commit_and_its_answer_gives_that_answer_when_twilio_asks_again",
    "C3": f"{FAIL}::test_a_text_that_comes_while_the_store_is_away_is_kept_and_handled_when_it_is_back",
    "C4": f"{FAIL}::test_a_process_that_dies_in_the_middle_of_a_turn_leaves_nothing_and_the_text_can_come_again",
    "C5": "tests/workers/test_clock.py::test_an_uncounted_answer_is_rung_for_until_it_is_counted",
    "C6": f"{FAIL}::test_a_worker_is_rung_for_texts_whose_worker_died_also_where_nothing_else_waits",
    "C7": f"{SENT}::test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left",
    "C8": f"{FAIL}::test_a_report_that_comes_before_the_answer_of_the_gateway_is_not_undone",
    "C9": "tests/bot/exports/test_files.py::test_a_write_that_fails_leaves_the_old_file_and_nothing_else",
    "C10": "tests/journeys/test_rights.py::test_an_erasure_that_is_killed_is_not_told_as_done_and_the_next_one_ends_it",
    "C11": f"{STORE}::test_a_migration_that_breaks_leaves_the_store_as_it_was",
    "C12": f"{STORE}::test_a_commit_is_on_disk_before_it_is_told",
    "C13": f"{FAIL}::test_a_worker_killed_in_the_middle_of_counting_loses_and_doubles_nothing",
    "C14": f"{FAIL}::test_a_worker_that_lives_on_after_its_lease_records_nothing",
    "D1": f"{FAIL}::test_nobody_notices_that_the_queue_is_away",
    "D2": "tests/bot/test_background.py::"
    "test_a_queue_with_no_memory_left_is_no_error_and_takes_jobs_again_once_there_is_some",
    "D3": "tests/bot/test_background.py::"
    "test_a_queue_that_takes_its_time_is_given_up_after_a_fifth_of_a_second_and_tried_once",
    "D3 clock": "tests/workers/test_clock.py::test_a_queue_that_is_slow_costs_a_tick_one_try_however_much_waits",
    "D4": f"{FAIL}::test_a_text_that_comes_while_the_store_is_away_is_kept_and_handled_when_it_is_back",
    "D5": f"{STORE}::test_a_server_that_restarts_between_two_turns_is_not_noticed",
    "D6": f"{STORE}::test_a_lock_somebody_keeps_is_given_up_within_five_seconds",
    "D7": f"{STORE}::test_a_pool_with_every_connection_busy_is_away_soon",
    "D8": f"{STORE}::test_a_disk_that_is_full_is_a_store_that_is_away_and_it_recovers",
    "D9 spool": f"{FAIL}::test_twilio_is_asked_to_try_again_when_neither_store_nor_disk_takes_the_text",
    "D9 log": f"{DOOR}::test_a_log_that_cannot_be_written_costs_nobody_an_answer",
    "D9 export": "tests/bot/exports/test_full_disk.py::test_a_file_that_does_not_fit_is_told_and_not_there",
    "D10": f"{STORE}::test_a_store_that_only_reads_now_is_away",
    "D11": f"{WAYS}::test_a_name_not_found_or_a_bad_certificate_means_nothing_was_sent",
    "D11 alert": f"{OUT}::test_an_outage_costs_nothing_is_told_after_five_minutes_and_everybody_is_asked_after_it",
    "D12": f"{SENT}::test_too_many_requests_wait_and_leave_once",
    "D13": f"{SENT}::test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left",
    "D14": f"{SENT}::test_while_twilio_hangs_on_one_text_the_others_leave_and_the_worker_is_free_in_ten_seconds",
    "D15": f"{SENT}::test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left",
    "D16": f"{SENT}::test_a_doubtful_send_is_looked_up_and_sent_again_only_where_it_never_left",
    "D17": f"{SENT}::test_a_refused_account_stops_the_sender_tells_a_person_once_and_loses_nothing",
    "D18": f"{SENT}::test_where_no_report_comes_twilio_is_asked_and_after_three_days_nobody_knows",
    "D19": f"{STORE}::test_a_sqlite_file_that_another_program_keeps_locked_is_away_within_five_seconds",
    "E1": f"{CLOCKS}::test_a_clock_that_jumps_an_hour_doubles_no_reminder_and_ends_nothing",
    "E1 clock": "tests/workers/test_clock.py::test_a_span_begins_again_when_the_machine_is_set_back",
    "E1 sending": f"{OUT}::test_a_clock_that_is_put_back_holds_nothing_for_longer_than_a_minute",
    "E2": f"{TIMES}::test_a_broadcast_in_the_hour_that_comes_twice_goes_out_once",
    "E3": f"{TIMES}::test_a_broadcast_in_the_hour_that_never_comes_goes_out_after_it_once",
    "E4": f"{HOURS}::test_a_closed_hour_waits_for_the_next_opening_over_a_clock_change",
    "E5": f"{CLOCKS}::test_an_answer_counts_for_the_day_on_the_wall_of_whoever_gave_it",
    "E5 timeout": f"{CLOCKS}::test_a_question_asked_before_midnight_waits_behind_it",
    "E6": f"{CLOCKS}::test_every_day_is_in_one_period_whatever_the_year_does",
    "E7": f"{CLOCKS}::test_twilio_is_asked_in_utc_and_its_times_are_read_as_utc_whatever_zones_are_about",
    "E8": f"{CLOCKS}::test_twilio_is_asked_in_utc_and_its_times_are_read_as_utc_whatever_zones_are_about",
    "E9": "tests/workers/test_store_time.py::"
    "test_a_worker_whose_clock_is_ten_minutes_ahead_takes_no_text_of_another_for_abandoned",
    "E10": f"{RULES}::test_whatsapp_is_left_alone_outside_its_day",
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
    "F12": "tests/flows/test_loader.py::test_a_question_holds_no_pattern_that_a_reply_could_make_run_for_ever",
    "F12 conditions": "tests/flows/test_conditions.py::test_no_condition_looks_for_a_pattern",
    "F12 forms": "tests/bot/test_importing.py::test_conditions_and_limits_say_the_same_or_are_refused",
    "F13": "tests/flows/test_answers.py::test_a_reply_is_taken_for_what_it_means",
    "F14": "tests/flows/test_answers.py::test_odd_and_endless_texts_are_judged_without_a_stumble",
    "F15": "tests/flows/test_answers.py::test_a_reply_is_taken_for_what_it_means",
    "F16": MISTAKES,
    "F17": "tests/flows/test_text.py::test_a_text_costs_what_networks_charge_for_it",
    "F18": f"{BUTTONS}::test_a_question_with_six_answers_is_a_list_and_a_tap_is_taken_by_its_key",
    "F19": "tests/flows/test_engine.py::test_a_residents_words_are_data_in_our_texts",
    "F20": "tests/bot/test_translating.py::"
    "test_a_released_language_without_a_question_is_an_error_that_names_both_at_its_line",
    "F20 texts": "tests/flows/test_translating.py::test_one_missing_sentence_and_the_flow_stays_in_its_own_language",
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
    "G15": "tests/bot/exports/test_files.py::test_a_text_too_long_for_a_cell_stands_whole_on_a_sheet_of_its_own",
    "G16": "tests/bot/test_logs.py::test_a_line_break_in_a_field_cannot_forge_a_line",
    "G17": HOSTILE,
    "G18": f"{ABUSE}::test_orders_to_a_language_model_are_words_like_any_others_and_nobody_is_asked_about_them",
    "G19": "tests/bot/test_safeguarding.py::test_the_numbers_to_call_come_in_the_same_reply",
    "G20": "tests/bot/exports/test_masking.py::test_what_tells_who_somebody_is_is_taken_out",
    "G21": "tests/bot/test_safeguarding.py::test_somebody_under_16_is_thanked_given_childline_and_not_asked_any_more",
    "H1": f"{SENT}::test_a_machine_that_says_the_same_again_and_again_is_muted_and_a_keyword_ends_it",
    "H1 understood": f"{ABUSE}::test_what_is_understood_is_answered_forty_times_an_hour_and_no_more",
    "H2": "tests/bot/test_twilio_webhook.py::test_we_do_not_talk_to_ourselves",
    "H3": f"{SENT}::test_the_days_spending_has_a_limit_and_the_rest_waits_for_tomorrow",
    "H3 strangers": f"{ABUSE}::test_so_many_strangers_an_hour_may_have_us_text_them_for_nothing_and_no_more",
    "H4": f"{SENT}::test_a_number_from_elsewhere_or_of_no_mobile_phone_is_met_with_silence",
    "H5": f"{WAYS}::test_an_address_that_cannot_be_answered_never_reaches_twilio",
    "H6": f"{CHAMPION}::test_somebody_added_is_asked_once_and_counts_only_after_their_own_yes",
    "H7": f"{ABUSE}::test_who_guesses_keywords_of_groups_hears_the_same_of_each_and_is_soon_not_heard_at_all",
    "H8": f"{ABUSE}::test_whoever_gets_a_number_after_somebody_is_told_none_of_their_answers",
    "H8 asked": f"{DOUBT}::test_whatever_comes_after_months_of_silence_is_met_with_the_question",
    "H8 newcomer": f"{DOUBT}::test_a_no_makes_a_newcomer_of_whom_nothing_is_known",
    "H8 sent": f"{DOUBT}::test_what_is_sent_after_months_waits_for_the_answer_to_the_question",
    "H9": f"{CODES}::test_a_code_works_once_for_ten_minutes_and_five_tries",
    "H9 rights": f"{CODES}::test_a_champion_sees_counts_of_their_own_group_and_nobody_elses",
    "H9 team": "tests/bot/console/test_sign_in.py::test_signing_in_takes_the_password_and_the_code",
    "H10": f"{ABUSE}::test_nobody_makes_our_replies_dear_with_their_own_words",
    "H11": f"{ABUSE}::test_no_link_of_a_champion_reaches_anybody",
}
