//! A remote stack and its session: what is known of the other end, requests and what errors cost.

use super::metrics::Metrics;
use super::own::Own;
use super::set_up::SetUp;
use crate::backend::{Caps, Info, Threading};
use crate::error::{Class, Error, ErrorKind, LAYER_BYTES, Result};
use crate::link::LINK_ID;
use crate::link::client::{Client, Stats};
use crate::link::errors::LinkError;
use crate::link::message::{Limits, Reply, Request};
use core::cell::RefCell;
use embedded_io::{Read, Write};
use heapless::String;

/// How a [`Remote`] goes about its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every batch is waited for, so that every refusal comes at once and costs nothing. Slow.
    pub wait_for_each: bool,
    /// Acknowledgements may not be heard, but answers are: so a batch is waited for before more are
    /// under way than may be.
    pub answers_only: bool,
}

/// The shot, as far as it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shot {
    None,
    Running,
    /// Only its end may follow.
    Lost,
}

/// The stack at the other end of a line, as a backend.
#[derive(Debug)]
pub struct Remote<IO, S, const FRAME: usize, const WINDOW: usize> {
    /// Metrics are read through a shared reference.
    pub(super) client: RefCell<Client<IO, FRAME, WINDOW>>,
    pub(super) set_up: S,
    pub(super) options: Options,
    pub(super) id: String<LAYER_BYTES>,
    pub(super) info: Info,
    /// Built-in gates that were announced, and those of them that can be done.
    pub(super) announced: u64,
    pub(super) accepted: u64,
    /// Gates of the program's own that can be done.
    pub(super) own: Own,
    pub(super) metrics: Metrics,
    pub(super) shot: Shot,
    /// Something was sent in this shot that nobody has answered for.
    pub(super) is_unconfirmed: bool,
    pub(super) lost: Option<Error>,
}

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    /// Begins a session and prepares the other end.
    ///
    /// # Errors
    /// If nobody answers, the versions do not fit, or the stack cannot be had.
    pub fn open(client: Client<IO, FRAME, WINDOW>, set_up: S, options: Options) -> Result<Self> {
        let mut remote = Self::unopened(client, set_up, options);
        remote.begin_session()?;
        Ok(remote)
    }

    /// One that has not spoken yet, for who has no memory to move it when it has.
    pub(in crate::link) const fn unopened(
        client: Client<IO, FRAME, WINDOW>,
        set_up: S,
        options: Options,
    ) -> Self {
        let threading = Threading::Sendable;
        Self {
            client: RefCell::new(client),
            set_up,
            options,
            id: String::new(),
            info: Info { qubit_count: 0, op_kinds: 0, caps: Caps::NONE, threading },
            announced: 0,
            accepted: 0,
            own: Own::new(),
            metrics: Metrics::new(),
            shot: Shot::None,
            is_unconfirmed: false,
            lost: None,
        }
    }

    /// What went over the line so far.
    pub fn stats(&self) -> Stats {
        self.client.borrow().stats()
    }

    /// How much the other end has room for.
    pub fn limits(&self) -> Limits {
        self.client.borrow().limits()
    }

    /// The client, for what is no backend's business.
    pub fn client_mut(&mut self) -> &mut Client<IO, FRAME, WINDOW> {
        self.client.get_mut()
    }

    /// The line, for who opens another one.
    pub fn into_io(self) -> IO {
        self.client.into_inner().into_io()
    }

    pub(in crate::link) fn begin_session(&mut self) -> Result<()> {
        let first = self.id.is_empty();
        let before = (self.info, self.accepted);
        if let Err(error) = self.prepare() {
            // Half of it is not what the next session is compared with.
            (self.info, self.accepted) = before;
            return Err(error);
        }
        if !first && before != (self.info, self.accepted) {
            return Err(self.came_back("the board came back with a stack that can do other things"));
        }
        Ok(())
    }

    /// Has the other end do what the last session had it do.
    fn prepare(&mut self) -> Result<()> {
        let client = self.client.get_mut();
        client.open()?;
        self.set_up.set_up(client)?;
        match client.call(&Request::Info)? {
            Reply::Info(line) => {
                self.info = line.info();
                self.id = fitting(line.id);
            }
            Reply::Failed(fault) => return Err(fault.error()),
            _ => return Err(LinkError::Nonsense.into()),
        }
        self.announce_again()?;
        self.list_metrics()
    }

    /// The other end is not what it was, for good.
    pub(super) fn came_back(&mut self, other: &'static str) -> Error {
        let error = Error::from(ErrorKind::LinkDown(other)).in_layer(LINK_ID);
        self.lost = Some(error.clone());
        error
    }

    /// Waits for a reply, which confirms all that was sent before it.
    pub(super) fn call(&mut self, request: &Request<'_>) -> Result<Reply<'_>> {
        let Self { client, shot, is_unconfirmed, lost, .. } = self;
        match client.get_mut().call(request) {
            Ok(Reply::Failed(fault)) => {
                let error = fault.error();
                note(&error, shot, lost);
                Err(error)
            }
            Ok(reply) => {
                *is_unconfirmed = false;
                Ok(reply)
            }
            Err(error) => Err(link_error(error, shot, lost)),
        }
    }

    pub(super) fn post(&mut self, request: &Request<'_>) -> Result<()> {
        let Self { client, shot, is_unconfirmed, lost, .. } = self;
        *is_unconfirmed = true;
        client.get_mut().post(request).map_err(|error| link_error(error, shot, lost))
    }

    pub(super) fn check_running(&self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let wrong = match self.shot {
            Shot::Running => return Ok(()),
            Shot::None => "no shot is running; begin one first",
            Shot::Lost => "the shot is lost; only its end may follow",
        };
        Err(Error::from(ErrorKind::State(wrong)).in_layer(LINK_ID))
    }

    pub(super) fn check_queryable(&mut self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        if self.client.get_mut().is_open() { Ok(()) } else { Err(LinkError::SessionLost.into()) }
    }

    pub(super) fn payload_bytes(&mut self) -> usize {
        self.client.get_mut().limits().payload_bytes as usize
    }

    /// A reply that makes no sense: the other end cannot be relied on in this shot.
    pub(super) fn nonsense(&mut self) -> Error {
        link_error(LinkError::Nonsense, &mut self.shot, &mut self.lost)
    }
}

/// As much of `text` as there is room for.
fn fitting(text: &str) -> String<LAYER_BYTES> {
    let mut out = String::new();
    let len = text.floor_char_boundary(LAYER_BYTES.min(text.len()));
    // It fits: it was cut to the capacity.
    let _ = out.push_str(text.get(..len).unwrap_or(""));
    out
}

/// What an error of the other end costs.
pub(super) fn note(error: &Error, shot: &mut Shot, lost: &mut Option<Error>) {
    match error.class() {
        Class::Refused => {}
        Class::ShotLost => lose(shot),
        Class::InstanceLost => {
            lose(shot);
            *lost = Some(error.clone());
        }
    }
}

/// What an error of the link costs.
fn link_error(error: LinkError, shot: &mut Shot, lost: &mut Option<Error>) -> Error {
    let error = Error::from(error);
    note(&error, shot, lost);
    error
}

fn lose(shot: &mut Shot) {
    if *shot == Shot::Running {
        *shot = Shot::Lost;
    }
}
