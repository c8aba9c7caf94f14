//! What a user sees: the screens of `tests/cmd`, updated by `TRYCMD=overwrite cargo test screens`.

#[test]
fn screens_are_as_recorded() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
