// The signals that ask a long-running command to stop.

import Glibc

/// Holds SIGINT, SIGTERM and SIGHUP back, so that they end a wait and nothing else.
final class StopSignals {
  private var signals = sigset_t()
  private(set) var received: Int32?

  /// Begins to hold them back, for threads made later too. One that is ignored, as nohup(1) has it,
  /// stays ignored.
  init() {
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(signal) {
      sigaddset(&signals, signal)
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Waits so long, or until a signal comes; returns whether one has.
  func wait(milliseconds: Int) -> Bool {
    var time = timespec(
      tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    let signal = sigtimedwait(&signals, nil, &time)
    if signal > 0 { received = signal }
    return received != nil
  }

  /// Lets the signal do what it does to any process, so that whoever started this one can tell.
  func raise() {
    guard let received else { return }
    signal(received, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    Glibc.raise(received)
  }
}
