from harness.model.reading import Unreadable


def test_a_long_text_is_cut_so_that_a_record_stays_small() -> None:
    assert Unreadable("no number", "x" * 200).raw == "x" * 200
    assert Unreadable("no number", "x" * 201).raw == "x" * 200 + " ..."
    assert Unreadable("no number").raw == ""
