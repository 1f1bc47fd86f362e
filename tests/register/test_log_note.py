"""Signed notes, keys and checkpoints, against the vectors of Go's sumdb/note and the C2SP pages."""

import base64
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing, tlog

from comity.register.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from comity.register.errors import AlreadyThereError, KeyTextError, NoteError
from comity.register.note import Note, Signer, Verifier, open_note, read_note, read_signer, read_verifier, sign_note

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105  # published
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = TEXT + "\n" + PETER_LINE
ROOT = bytes(range(32))


def test_the_published_note_is_signed_and_opened() -> None:
    signer = Signer.parse(PETER_SECRET)
    assert str(sign_note(Note(TEXT), signer)) == NOTE
    assert str(signer.verifier) == PETER
    assert signer.secret() == PETER_SECRET
    assert open_note(NOTE, Verifier.parse(PETER)).text == TEXT


def test_each_signer_is_found_among_several_and_signatures_of_others_are_ignored() -> None:
    both = NOTE + ENOCH_LINE
    for key in (PETER, ENOCH):
        assert open_note(both.encode(), Verifier.parse(key)).text == TEXT
    with pytest.raises(NoteError, match=r"signed by EnochRoot\+af0cfe78, not by PeterNeumann"):
        open_note(TEXT + "\n" + ENOCH_LINE, Verifier.parse(PETER))


def test_signing_again_replaces_the_signature_of_the_same_key() -> None:
    signer = Signer.parse(PETER_SECRET)
    assert str(sign_note(read_note(NOTE), signer)) == NOTE
    assert str(sign_note(read_note(TEXT + "\n" + ENOCH_LINE), signer)) == TEXT + "\n" + ENOCH_LINE + PETER_LINE


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_be_changed(at: int, flip: int) -> None:
    data = bytearray(NOTE.encode())
    data[at] ^= flip
    with pytest.raises(NoteError):
        open_note(bytes(data), Verifier.parse(PETER))


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        "\x01" + NOTE,
        b"\xff" + NOTE.encode(),
        NOTE.replace("— PeterNeumann", "— Bad Name"),
        NOTE + "Unexpected line.\n",
        NOTE + "\n",
        TEXT + "\n" + PETER_LINE * 101,
        TEXT + "\n" + PETER_LINE[:60] + "ABCD" + PETER_LINE[60:],
        "",
        b"",
        "x" * 2_000_000 + "\n\n" + PETER_LINE,
    ],
)
def test_malformed_notes_are_refused(data: str | bytes) -> None:
    with pytest.raises(NoteError):
        open_note(data, Verifier.parse(PETER))


@pytest.mark.parametrize("text", ["abc", "a\x00\n", "a\tb\n"])
def test_texts_that_are_no_notes_are_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(Note(text), Signer.parse(PETER_SECRET))


@pytest.mark.parametrize(("key", "parse"), [(PETER, Verifier.parse), (PETER_SECRET, Signer.parse)])
def test_a_key_that_is_cut_or_changed_anywhere_is_refused(key: str, parse: type) -> None:
    for start in range(len(key)):
        for stop in range(start + 1, len(key) + 1):
            if (start, stop) != (0, len(key)):
                with pytest.raises(KeyTextError):
                    parse(key[start:stop])
    for at, letter in enumerate(key):
        with pytest.raises(KeyTextError):
            parse(key[:at] + chr(ord(letter) + 1) + key[at + 1 :])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==", "no key|32 bytes"),
        ("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "type Ed25519"),
        ("a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "no name"),
        ("nothing", "no key"),
    ],
)
def test_other_keys_are_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(KeyTextError, match=says):
        Verifier.parse(text)


def test_keys_in_files(tmp_path: Path) -> None:
    signer = Signer.generate("example.org/register")
    path = tmp_path / "log.key"
    signer.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_signer(path).secret() == signer.secret()
    assert str(read_verifier(path)) == str(signer.verifier)
    (tmp_path / "log.pub").write_text(f"{signer.verifier}\n", encoding="utf-8")
    assert str(read_verifier(str(tmp_path / "log.pub"))) == str(read_verifier(str(signer.verifier)))
    with pytest.raises(AlreadyThereError, match="never written over"):
        signer.save(path)
    assert str(signer.verifier) != str(Signer.generate("example.org/register").verifier)
    assert signer.secret() not in repr(signer) + str(signer)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe junk", b"junk", PETER.encode()[:40]])
def test_junk_files_hold_no_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    for read in (read_signer, read_verifier):
        with pytest.raises(KeyTextError):
            read(tmp_path / "key")
        with pytest.raises(KeyTextError):
            read(tmp_path)
        with pytest.raises(KeyTextError, match="neither a key nor a file"):
            read("no such file")


ORIGIN_LINES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1)


@given(ORIGIN_LINES, st.integers(0, 2**53), st.binary(min_size=32, max_size=32), st.lists(ORIGIN_LINES, max_size=2))
def test_a_checkpoint_is_read_as_it_was_signed(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    signer = Signer.parse(PETER_SECRET)
    checkpoint = Checkpoint(origin=origin, size=size, root=root, extensions=tuple(extensions))
    assert read_checkpoint(sign_checkpoint(checkpoint, signer), signer.verifier) == checkpoint


def test_a_checkpoint_for_the_second_implementation() -> None:
    signer = Signer.parse(PETER_SECRET)
    note = sign_checkpoint(Checkpoint(origin="example.org/register", size=7, root=ROOT), signer)
    other = tlog.Checkpoint.from_text(note)
    other.verify(signing.Vkey.from_string(PETER))
    assert (other.origin, other.size, other.root_hash) == ("example.org/register", 7, ROOT)


def test_the_checkpoint_of_the_c2sp_page() -> None:
    # The key of this example is not published; what it says can be read.
    note = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
        "zyWE+xeMcTOAYQ8=\n"
    )
    checkpoint = read_checkpoint(note)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(checkpoint.root).decode() == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n" + base64.b64encode(ROOT).decode() + "\n",
        "o\n-1\n" + base64.b64encode(ROOT).decode() + "\n",
        "o\n1\nAAAA\n",
        "o\n1\nnot base64!\n",
        "o\n1\n" + base64.b64encode(ROOT).decode() + "\n\nx\n",
        "\n1\n" + base64.b64encode(ROOT).decode() + "\n",
        "o\n" + "9" * 30 + "\n" + base64.b64encode(ROOT).decode() + "\n",
    ],
)
def test_notes_that_are_no_checkpoints(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(str(sign_note(Note(text), Signer.parse(PETER_SECRET))))


@pytest.mark.parametrize("origin", ["", "two\nlines"])
def test_an_origin_is_one_line(origin: str) -> None:
    with pytest.raises(NoteError):
        sign_checkpoint(Checkpoint(origin=origin, size=1, root=ROOT), Signer.parse(PETER_SECRET))
