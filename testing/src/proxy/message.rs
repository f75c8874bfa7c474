//! The framing of the protocol: a type byte, a length of four bytes that counts itself, the body.

const HEADER: usize = 5;

/// Splits what a client sends into whole messages.
#[derive(Debug, Default)]
pub(super) struct Messages(Vec<u8>);

impl Messages {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Takes the next message with its header, once it is complete.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        let length = self.0.get(1..HEADER)?;
        let end = 1 + usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
        if self.0.len() < end.max(HEADER) {
            return None;
        }
        let rest = self.0.split_off(end.max(HEADER));
        Some(std::mem::replace(&mut self.0, rest))
    }
}

/// Reads the types off what a server sends, without keeping the bodies.
#[derive(Debug, Default)]
pub(super) struct Types {
    header: Vec<u8>,
    body: usize,
}

impl Types {
    /// Reports the type of each message that is complete with these bytes.
    pub(super) fn read(&mut self, mut bytes: &[u8], mut ended: impl FnMut(u8)) {
        while !bytes.is_empty() {
            if self.header.len() < HEADER {
                let (head, rest) = bytes.split_at(bytes.len().min(HEADER - self.header.len()));
                self.header.extend_from_slice(head);
                bytes = rest;
                let Ok(header) = <[u8; HEADER]>::try_from(self.header.as_slice()) else {
                    return;
                };
                let [_, length @ ..] = header;
                self.body = (u32::from_be_bytes(length) as usize).saturating_sub(HEADER - 1);
            }
            let taken = bytes.len().min(self.body);
            self.body -= taken;
            bytes = &bytes[taken..];
            if self.body == 0 {
                ended(self.header[0]);
                self.header.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut message = vec![kind];
        message.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
        message.extend_from_slice(body);
        message
    }

    #[test]
    fn messages_come_whole_however_they_are_cut() {
        let stream = [
            message(b'Q', b"SELECT 1\0"),
            message(b'S', b""),
            message(b'X', b""),
        ]
        .concat();
        for size in 1..=stream.len() {
            let (mut messages, mut types) = (Messages::default(), Types::default());
            let (mut whole, mut seen) = (Vec::new(), Vec::new());
            for piece in stream.chunks(size) {
                messages.push(piece);
                whole.extend(std::iter::from_fn(|| messages.next()));
                types.read(piece, |kind| seen.push(kind));
            }
            assert_eq!(whole.concat(), stream);
            assert_eq!(
                whole.iter().map(|message| message[0]).collect::<Vec<_>>(),
                b"QSX"
            );
            assert_eq!(seen, b"QSX");
        }
    }
}
