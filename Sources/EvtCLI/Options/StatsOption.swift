// What an answer cost, for those who ask.

import ArgumentParser
import Columnar
import Store

/// `--stats`.
struct StatsOption: ParsableArguments {
  @Flag(help: "Print what the answer cost to standard error.")
  var stats = false

  /// Prints the cost of an answer from `snapshot`, if asked for.
  func write(_ clock: Stopwatch, _ snapshot: Snapshot, threads: Int) {
    guard stats else { return }
    let rows = snapshot.segments.reduce(UInt64(0)) { $0 &+ $1.summary.rowCount }
    let milliseconds = HumanNumber.fixed(Double(clock.nanoseconds) / 1e6, decimals: 1)
    StandardError.write([
      "stats: \(milliseconds) ms, \(threads) threads, \(HumanNumber.count(snapshot.segments.count))"
        + " segments and \(HumanNumber.count(rows)) rows in generation \(snapshot.generation)"
    ])
  }
}
