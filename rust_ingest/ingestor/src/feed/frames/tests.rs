use super::super::wire::Messages;
use super::*;
use proptest::prelude::*;

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..=125 => bytes.push(short as u8),
        medium @ 126..=0xFFFF => {
            bytes.push(126);
            bytes.extend_from_slice(&(medium as u16).to_be_bytes());
        }
        long => {
            bytes.push(127);
            bytes.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes
}

/// Everything that `bytes` hold, fed in pieces of `piece` bytes.
fn read_all(bytes: &[u8], piece: usize) -> Result<Vec<String>, FrameError> {
    let mut reader = FrameReader::default();
    let mut found = Vec::new();
    for piece in bytes.chunks(piece) {
        reader.space()[..piece.len()].copy_from_slice(piece);
        reader.filled(piece.len());
        while let Some(received) = reader.next_received()? {
            found.push(match received {
                Received::Message(payload) => format!("message {}", String::from_utf8_lossy(payload)),
                Received::Ping(payload) => format!("ping {}", String::from_utf8_lossy(payload)),
                other => format!("{other:?}"),
            });
        }
    }
    Ok(found)
}

#[test]
fn messages_of_every_length_in_pieces_of_every_size() {
    let lengths = [0, 1, 125, 126, 65_535, 65_536, 200_000];
    let bytes: Vec<u8> = lengths
        .iter()
        .flat_map(|length| frame(0x81, &vec![b'x'; *length]))
        .collect();
    for piece in [1, 7, 1_000, SPACE_BYTES] {
        let found = read_all(&bytes, piece).unwrap();
        let found: Vec<usize> = found.iter().map(|message| message.len() - "message ".len()).collect();
        assert_eq!(found, lengths, "pieces of {piece}");
    }
}

#[test]
fn fragments_are_joined_with_control_frames_between() {
    let bytes = [
        frame(0x01, b"one "),
        frame(0x89, b"p"),
        frame(0x00, b"two "),
        frame(0x80, b"three"),
        frame(0x82, b"x"),
    ];
    assert_eq!(
        read_all(&bytes.concat(), 3),
        Ok(vec![
            "ping p".into(),
            "message one two three".into(),
            "message x".into()
        ])
    );
}

#[test]
fn text_that_is_not_utf8_is_handed_out() {
    assert_eq!(read_all(&frame(0x81, b"\xFF\xFE"), 9).unwrap().len(), 1);
}

#[test]
fn a_close_says_why() {
    let found = read_all(&frame(0x88, b"\x03\xE8bye"), 99).unwrap();
    assert_eq!(found, ["Close { code: Some(1000), reason: \"bye\" }"]);
    assert_eq!(
        read_all(&frame(0x88, b""), 99).unwrap(),
        ["Close { code: None, reason: \"\" }"]
    );
}

#[test]
fn what_is_no_frame_is_refused() {
    assert_eq!(read_all(&[0xC1, 0], 9), Err(FrameError::ReservedBits { bits: 0x40 }));
    assert_eq!(read_all(&[0x83, 0], 9), Err(FrameError::UnknownOpcode { opcode: 3 }));
    assert_eq!(read_all(&[0x81, 0x80, 0, 0, 0, 0], 9), Err(FrameError::Masked));
    assert_eq!(read_all(&[0x09, 0], 9), Err(FrameError::BadControl));
    assert_eq!(read_all(&frame(0x89, &[0; 126]), 999), Err(FrameError::BadControl));
    assert_eq!(read_all(&frame(0x80, b"x"), 9), Err(FrameError::OutOfTurn));
    assert_eq!(
        read_all(&[frame(0x01, b"x"), frame(0x81, b"y")].concat(), 99),
        Err(FrameError::OutOfTurn)
    );
    let endless = [0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    assert_eq!(read_all(&endless, 99), Err(FrameError::TooLong { bytes: u64::MAX }));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), piece in 1_usize..50) {
        let _ = read_all(&bytes, piece);
    }
}
