//! Why there is no proxy.

use std::{error::Error, fmt, io};

/// Why a [`CountingProxy`](super::CountingProxy) could not be started.
#[derive(Debug)]
#[non_exhaustive]
pub enum ProxyError {
    /// The upstream URL cannot be taken apart.
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// No port of this machine can be listened on.
    Listen {
        /// What the operating system says.
        source: io::Error,
    },
}

impl ProxyError {
    pub(super) fn listen(source: io::Error) -> Self {
        Self::Listen { source }
    }
}

impl fmt::Display for ProxyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { reason } => {
                write!(formatter, "the upstream URL is not usable: {reason}")
            }
            Self::Listen { .. } => {
                formatter.write_str("could not listen on a port of this machine")
            }
        }
    }
}

impl Error for ProxyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address { .. } => None,
            Self::Listen { source } => Some(source),
        }
    }
}
