// Options that every command takes, before or after its name.

import Analytics
import ArgumentParser
import Columnar
import EvtCore
import Glibc
import Store

/// The options of `evt` itself.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customLong("store"),
    help: ArgumentHelp(
      "The store's directory (default: $EVT_STORE, else the nearest .evt upwards, else ./.evt).",
      valueName: "dir"))
  var storePath: String?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Also print notes and summaries to standard error.")
  var verbose = false

  @Option(help: ArgumentHelp("When to use colour.", valueName: "when"))
  var color = ColorChoice.auto

  @Option(
    help: ArgumentHelp("When to draw bars and lines (auto: on a terminal).", valueName: "when")
  )
  var chart = ChartChoice.auto

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Option(help: ArgumentHelp("Worker threads (default: one a processor).", valueName: "n"))
  var threads: Int?

  @Option(
    name: .customLong("now"),
    help: ArgumentHelp(
      "Take this instant for now (default: $EVT_NOW, else the clock).", valueName: "time"))
  var nowText: String?

  /// The names that take a value before a command, for finding the command among the arguments.
  static let namesWithValue: Set<String> = [
    "--store", "--color", "--chart", "--threads", "--now", "--generate-completion-script",
  ]

  /// The instant to take for now, in nanoseconds since 1970.
  func now() throws -> Int64 {
    var clock = timespec()
    clock_gettime(CLOCK_REALTIME, &clock)
    let real = Int64(clock.tv_sec) &* 1_000_000_000 &+ Int64(clock.tv_nsec)
    let text = nowText ?? Environment.text("EVT_NOW")
    return text.isEmpty ? real : try InstantText.parse(text, now: real)
  }

  /// Whether the instant was given.
  var hasFixedClock: Bool { nowText != nil || !Environment.text("EVT_NOW").isEmpty }

  /// Prints warnings to standard error.
  func warn(_ warnings: [String]) {
    guard !quiet else { return }
    StandardError.write(warnings.map { "evt: warning: " + SafeText.escaped($0) })
  }

  /// Warns of days in `range` whose events are gone, when the answer does without their rollups.
  func warnOfRollups(in range: TimeRange, of snapshot: Snapshot) {
    let days = snapshot.rollups.map(\.summary).filter {
      range.overlaps(least: $0.minTime, greatest: $0.maxTime)
    }.map(\.day)
    guard !days.isEmpty else { return }
    warn([
      "\(UTCDay.text(of: days)): only rollups are left, which evt trend reads; not counted here"
    ])
  }

  /// The workers of this run.
  func pool() throws -> WorkerPool {
    guard WorkerPool.mayStart else { throw TooFewFiles() }
    return WorkerPool(threads: try threadCount())
  }

  private func threadCount() throws -> Int {
    guard let threads else { return max(1, min(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 256)) }
    guard (1...256).contains(threads) else {
      throw UsageError("--threads \(threads) is not between 1 and 256")
    }
    return threads
  }
}

/// The process may open too few files to begin with.
struct TooFewFiles: Error {
  let message = "fewer than \(WorkerPool.filesNeeded) more files may be opened"
  static let help = "raise the limit: ulimit -n 1024"
}
