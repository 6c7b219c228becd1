// How long something took, by a clock that nobody sets.

import Glibc

/// Counts from its creation.
struct Stopwatch {
  private let start = Stopwatch.monotonicNanos()

  /// Nanoseconds since the creation.
  var nanoseconds: Int64 { Self.monotonicNanos() &- start }
  var milliseconds: Int { Int(nanoseconds / 1_000_000) }

  private static func monotonicNanos() -> Int64 {
    var clock = timespec()
    clock_gettime(CLOCK_MONOTONIC, &clock)
    return Int64(clock.tv_sec) &* 1_000_000_000 &+ Int64(clock.tv_nsec)
  }
}
