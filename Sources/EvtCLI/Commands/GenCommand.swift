// evt gen: a shop's log out of a seed, for samples, tests and benchmarks.

import ArgumentParser
import EvtCore

extension ShopLogShape: ExpressibleByArgument {}

/// Writes a generated e-commerce log.
struct GenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gen",
    abstract: "Write a generated e-commerce log, the same bytes for the same seed.",
    discussion: """
      EXAMPLES:
        evt gen --rows 1000 -o shop.ndjson
        evt gen --rows 5000000 --days 30 --users 170000 --seed 1 | evt ingest -
        evt gen --rows 200 --days 2 --users 20 --seed 3 --shape tracker
      """)

  @OptionGroup(title: "Global options") var global: GlobalOptions

  @Option(help: ArgumentHelp("Events to write.", valueName: "n"))
  var rows = 10_000

  @Option(help: ArgumentHelp("Days over which they are spread.", valueName: "n"))
  var days = 30

  @Option(help: ArgumentHelp("Users of the shop (default: 34 per 1,000 events).", valueName: "n"))
  var users: Int?

  @Option(help: ArgumentHelp("What fixes every random choice.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The shape of a line.", valueName: "shape"))
  var shape = ShopLogShape.evt

  @Option(help: ArgumentHelp("The first day, in UTC.", valueName: "date"))
  var start = "2025-01-01"

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to this file, whole or not at all (- is standard output).", valueName: "file"))
  var output = "-"

  mutating func run() throws {
    let plan = try self.plan()
    let shape = self.shape
    try OutputTarget(output).write { out in
      let catalogue = ShopCatalogue(seed: plan.seed)
      var writer = ShopLogWriter(shape: shape, seed: plan.seed, catalogue: catalogue)
      var simulation = ShopSimulation(plan, catalogue: catalogue)
      while out.failure == 0,
        simulation.next({ session, random in writer.write(session, &random, to: &out) })
      {}
    }
  }

  private func plan() throws -> ShopPlan {
    try Self.check(rows, within: 0...1_000_000_000_000, "--rows")
    try Self.check(days, within: 1...36_500, "--days")
    let users = self.users ?? max(1, rows / 1000 * 34 + rows % 1000 * 34 / 1000)
    try Self.check(users, within: 1...2_000_000_000, "--users")
    let day = UTCDay(containing: try InstantText.parse(start, now: global.now()))
    guard (0...40_000).contains(day.number) else {
      throw UsageError("--start \(start) is not between 1970 and 2079")
    }
    return ShopPlan(
      rows: rows, users: users, startMillis: day.start / 1_000_000, days: days, seed: seed)
  }

  private static func check(_ value: Int, within range: ClosedRange<Int>, _ name: String) throws {
    guard range.contains(value) else {
      throw UsageError(
        "\(name) \(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}
