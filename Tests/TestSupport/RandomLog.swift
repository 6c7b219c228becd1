// Small random event logs, as rows for oracles and as batches for the store.

import Columnar
import EvtCore

/// How a random log looks.
public struct RandomLogShape: Sendable {
  public var rows = 0..<60
  public var users = 5
  public var events = ["page_view", "add_to_cart", "purchase", "search"]
  /// Days from `firstDay`; events crowd around the midnights between them.
  public var days = 3
  public var firstDay = UTCDay(year: 2026, month: 1, day: 30)
  /// Times are multiples of this; the coarser, the more ties.
  public var tickNanos: Int64 = 60_000_000_000
  /// One in so many rows has no user, and one in so many an empty one.
  public var withoutUser = 12
  public var withProperties = true

  public init() {}
}

/// A log made from a seed: the same seed, the same rows.
public struct RandomLog: Sendable {
  public let seed: UInt64
  /// In input order, which is not the order of time.
  public let rows: [TestEvent]

  /// Creates the log of `seed`.
  public init(seed: UInt64, shape: RandomLogShape = RandomLogShape()) {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: shape.rows, using: &random)
    rows = (0..<count).map { _ in Self.row(shape, &random) }
  }

  /// The rows in batches of at most `rowsPerBatch`, in input order, as ingest would make them.
  public func batches(rowsPerBatch: Int = 1_000) -> [EventBatch] {
    stride(from: 0, to: rows.count, by: rowsPerBatch).map { start in
      EventBatch(Array(rows[start..<min(start + rowsPerBatch, rows.count)]))
    }
  }

  private static func row(_ shape: RandomLogShape, _ random: inout SeededGenerator) -> TestEvent {
    TestEvent(
      time: time(shape, &random), event: random.pick(shape.events), user: user(shape, &random),
      session: random.chance(3, in: 4) ? "s\(random.below(shape.users * 2))" : nil,
      eventID: random.chance(3, in: 4) ? "e\(random.next() % 100_000)" : nil,
      values: shape.withProperties ? properties(&random) : [:])
  }

  private static func time(_ shape: RandomLogShape, _ random: inout SeededGenerator) -> Int64 {
    let midnight = shape.firstDay.start + UTCDay.nanoseconds * Int64(random.below(shape.days))
    let ticksPerDay = max(1, Int(UTCDay.nanoseconds / shape.tickNanos))
    let nearMidnight = random.chance(1, in: 2)
    let tick = random.below(nearMidnight ? min(ticksPerDay, 40) : ticksPerDay)
    // Half of those near midnight lie before it, on the day before or the last one.
    let day = nearMidnight && random.chance(1, in: 2) ? ticksPerDay - 1 - tick : tick
    return midnight + Int64(day) * shape.tickNanos
  }

  private static func user(_ shape: RandomLogShape, _ random: inout SeededGenerator) -> String? {
    if random.chance(1, in: shape.withoutUser) { return nil }
    if random.chance(1, in: shape.withoutUser) { return "" }
    let number = random.below(shape.users)
    return number % 3 == 2 ? "Zoë \(number)" : "user-\(number)"
  }

  private static func properties(_ random: inout SeededGenerator) -> [String: TestValue] {
    var properties: [String: TestValue] = [:]
    if random.chance(3, in: 4) {
      properties["properties.page"] = .text(random.pick(["/", "/signup", "/cart", "/über"]))
    }
    if random.chance(1, in: 2) {
      properties["properties.price"] =
        random.chance(1, in: 2)
        ? .int(Int64(random.below(5))) : .double((Double(random.below(500)) / 100).bitPattern)
    }
    if random.chance(2, in: 3) {
      properties["context.device"] = .text(random.pick(["phone", "desktop", ""]))
    }
    if random.chance(1, in: 4) {
      properties["properties.coupon"] = random.pick([.null, .bool(true), .text("007"), .int(7)])
    }
    return properties
  }
}
