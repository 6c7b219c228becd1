// Small random event logs, as rows for oracles and as batches for the store.

import Columnar
import EvtCore

/// One value of a property, as JSON has it.
public enum LogValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case text(String)
}

/// One event of a log.
public struct LogRow: Hashable, Sendable {
  public var event: String
  public var time: Int64
  /// nil where the line has no user.
  public var user: String?
  public var session: String?
  public var eventID: String?
  /// By key path.
  public var properties: [String: LogValue]

  public init(
    event: String, time: Int64, user: String?, session: String? = nil, eventID: String? = nil,
    properties: [String: LogValue] = [:]
  ) {
    self.event = event
    self.time = time
    self.user = user
    self.session = session
    self.eventID = eventID
    self.properties = properties
  }
}

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
  public let rows: [LogRow]

  /// Creates the log of `seed`.
  public init(seed: UInt64, shape: RandomLogShape = RandomLogShape()) {
    self.seed = seed
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: shape.rows, using: &random)
    rows = (0..<count).map { _ in Self.row(shape, &random) }
  }

  /// The rows in batches of at most `rowsPerBatch`, in input order.
  public func batches(rowsPerBatch: Int = 1_000) -> [EventBatch] {
    LogRow.batches(of: rows, rowsPerBatch: rowsPerBatch)
  }

  private static func row(_ shape: RandomLogShape, _ random: inout SeededRandom) -> LogRow {
    LogRow(
      event: random.pick(shape.events), time: time(shape, &random), user: user(shape, &random),
      session: random.chance(3, in: 4) ? "s\(random.below(shape.users * 2))" : nil,
      eventID: random.chance(3, in: 4) ? "e\(random.next() % 100_000)" : nil,
      properties: shape.withProperties ? properties(&random) : [:])
  }

  private static func time(_ shape: RandomLogShape, _ random: inout SeededRandom) -> Int64 {
    let midnight = shape.firstDay.start + UTCDay.nanoseconds * Int64(random.below(shape.days))
    let ticksPerDay = max(1, Int(UTCDay.nanoseconds / shape.tickNanos))
    let nearMidnight = random.chance(1, in: 2)
    let tick = random.below(nearMidnight ? min(ticksPerDay, 40) : ticksPerDay)
    // Half of those near midnight lie before it, on the day before or the last one.
    let day = nearMidnight && random.chance(1, in: 2) ? ticksPerDay - 1 - tick : tick
    return midnight + Int64(day) * shape.tickNanos
  }

  private static func user(_ shape: RandomLogShape, _ random: inout SeededRandom) -> String? {
    if random.chance(1, in: shape.withoutUser) { return nil }
    if random.chance(1, in: shape.withoutUser) { return "" }
    let number = random.below(shape.users)
    return number % 3 == 2 ? "Zoë \(number)" : "user-\(number)"
  }

  private static func properties(_ random: inout SeededRandom) -> [String: LogValue] {
    var properties: [String: LogValue] = [:]
    if random.chance(3, in: 4) {
      properties["properties.page"] = .text(random.pick(["/", "/signup", "/cart", "/über"]))
    }
    if random.chance(1, in: 2) {
      properties["properties.price"] =
        random.chance(1, in: 2)
        ? .int(Int64(random.below(5))) : .double(Double(random.below(500)) / 100)
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

extension LogRow {
  /// `rows` in batches of one input, of at most `rowsPerBatch` rows.
  public static func batches(of rows: [LogRow], rowsPerBatch: Int = 1_000) -> [EventBatch] {
    stride(from: 0, to: rows.count, by: rowsPerBatch).map { start in
      let batch = EventBatch(source: 0)
      for row in rows[start..<min(start + rowsPerBatch, rows.count)] { row.append(to: batch) }
      return batch
    }
  }

  /// Appends the row to `batch` as ingest would.
  public func append(to batch: EventBatch) {
    Self.set(batch, EventBatch.canonicalColumn(.event), event)
    if let user { Self.set(batch, EventBatch.canonicalColumn(.user), user) }
    if let session { Self.set(batch, EventBatch.canonicalColumn(.session), session) }
    if let eventID { Self.set(batch, EventBatch.canonicalColumn(.eventID), eventID) }
    for (path, value) in properties.sorted(by: { $0.key < $1.key }) {
      let column = batch.propertyColumn(path)
      switch value {
      case .null: _ = batch.set(column: column, kind: .null, bits: 0)
      case .bool(let value): _ = batch.set(column: column, kind: .bool, bits: value ? 1 : 0)
      case .int(let value):
        _ = batch.set(column: column, kind: .int, bits: UInt64(bitPattern: value))
      case .double(let value):
        _ = batch.set(column: column, kind: .double, bits: value.bitPattern)
      case .text(let value): Self.set(batch, column, value)
      }
    }
    batch.finishRow(time: time)
  }

  private static func set(_ batch: EventBatch, _ column: Int, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = batch.set(column: column, kind: .text, text: UnsafeRawBufferPointer(bytes))
    }
  }
}
