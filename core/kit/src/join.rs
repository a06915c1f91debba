//! Waiting for several futures at once, polled in the order in which they are written down.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// One of several futures, together with its output once it has one.
struct Part<'a, F: Future> {
    future: Pin<&'a mut F>,
    output: Option<F::Output>,
}

impl<'a, F: Future> Part<'a, F> {
    fn new(future: Pin<&'a mut F>) -> Self {
        Self { future, output: None }
    }

    /// Polls unless finished; says whether there is an output now.
    fn advance(&mut self, context: &mut Context<'_>) -> bool {
        if self.output.is_none()
            && let Poll::Ready(output) = self.future.as_mut().poll(context)
        {
            self.output = Some(output);
        }
        self.output.is_some()
    }
}

macro_rules! joins {
    ($($all:ident, $first_error:ident: $($part:ident $kind:ident $success:ident),+;)+) => {$(
        /// Waits for all of them, whatever they end with.
        pub async fn $all<$($kind: Future),+>($($part: $kind),+) -> ($($kind::Output,)+) {
            $(let $part = pin!($part);)+
            $(let mut $part = Part::new($part);)+
            poll_fn(move |context| {
                let mut finished = true;
                $(finished &= $part.advance(context);)+
                if !finished {
                    return Poll::Pending;
                }
                match ($($part.output.take(),)+) {
                    ($(Some($part),)+) => Poll::Ready(($($part,)+)),
                    _ => Poll::Pending,
                }
            })
            .await
        }

        /// Waits for all of them, or for the first error; the others are then dropped, and their wishes forgotten.
        ///
        /// # Errors
        /// The first one; of two in the same message, the one written down first.
        pub async fn $first_error<$($success,)+ Failure, $($kind: Future<Output = Result<$success, Failure>>),+>(
            $($part: $kind),+
        ) -> Result<($($success,)+), Failure> {
            $(let $part = pin!($part);)+
            $(let mut $part = Part::new($part);)+
            poll_fn(move |context| {
                let mut finished = true;
                $(
                    finished &= $part.advance(context);
                    if let Some(Err(_)) = &$part.output
                        && let Some(Err(error)) = $part.output.take()
                    {
                        return Poll::Ready(Err(error));
                    }
                )+
                if !finished {
                    return Poll::Pending;
                }
                match ($($part.output.take(),)+) {
                    ($(Some(Ok($part)),)+) => Poll::Ready(Ok(($($part,)+))),
                    _ => Poll::Pending,
                }
            })
            .await
        }
    )+};
}

joins! {
    join2, try_join2: a A T, b B U;
    join3, try_join3: a A T, b B U, c C V;
    join4, try_join4: a A T, b B U, c C V, d D W;
}

/// Waits for any number of futures; the outputs come in the order of the futures.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut parts: Vec<_> = futures.iter_mut().map(|future| Part::new(future.as_mut())).collect();
    poll_fn(move |context| {
        let mut finished = true;
        for part in &mut parts {
            finished &= part.advance(context);
        }
        if finished {
            Poll::Ready(parts.iter_mut().filter_map(|part| part.output.take()).collect())
        } else {
            Poll::Pending
        }
    })
    .await
}

/// [`join2`] to [`join4`] by the number of futures.
#[macro_export]
macro_rules! join {
    ($a:expr, $b:expr $(,)?) => {
        $crate::join2($a, $b).await
    };
    ($a:expr, $b:expr, $c:expr $(,)?) => {
        $crate::join3($a, $b, $c).await
    };
    ($a:expr, $b:expr, $c:expr, $d:expr $(,)?) => {
        $crate::join4($a, $b, $c, $d).await
    };
}

/// [`try_join2`] to [`try_join4`] by the number of futures.
#[macro_export]
macro_rules! try_join {
    ($a:expr, $b:expr $(,)?) => {
        $crate::try_join2($a, $b).await
    };
    ($a:expr, $b:expr, $c:expr $(,)?) => {
        $crate::try_join3($a, $b, $c).await
    };
    ($a:expr, $b:expr, $c:expr, $d:expr $(,)?) => {
        $crate::try_join4($a, $b, $c, $d).await
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::task::Waker;

    /// Ready at the n-th poll; writes down who was polled.
    fn after<'l>(log: &'l RefCell<String>, name: char, polls: u32) -> impl Future<Output = Result<u32, char>> + 'l {
        let left = Cell::new(polls);
        poll_fn(move |_| {
            log.borrow_mut().push(name);
            left.set(left.get() - 1);
            if left.get() > 0 {
                Poll::Pending
            } else if name.is_ascii_uppercase() {
                Poll::Ready(Err(name))
            } else {
                Poll::Ready(Ok(polls))
            }
        })
    }

    fn finish<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        for _ in 0..20 {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
        }
        panic!("never ready")
    }

    #[test]
    fn parts_are_polled_in_order_and_never_after_they_finished() {
        let log = RefCell::default();
        let output = finish(join3(after(&log, 'a', 2), after(&log, 'B', 1), after(&log, 'c', 3)));
        assert_eq!(output, (Ok(2), Err('B'), Ok(3)));
        assert_eq!(log.into_inner(), "aBcacc");
    }

    #[test]
    fn the_first_error_ends_the_wait() {
        let log = RefCell::default();
        assert_eq!(finish(try_join3(after(&log, 'a', 9), after(&log, 'B', 2), after(&log, 'C', 2))), Err('B'));
        assert_eq!(log.into_inner(), "aBCaB");
    }

    #[test]
    fn any_number_keeps_its_order() {
        let log = RefCell::default();
        let output = finish(join_all(['c', 'a', 'b'].map(|name| after(&log, name, u32::from(name) - 96))));
        assert_eq!(output, [Ok(3), Ok(1), Ok(2)]);
        assert!(finish(join_all(Vec::<std::future::Ready<()>>::new())).is_empty());
    }
}
