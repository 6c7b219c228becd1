// Small stores with known content.

import Columnar
import EvtCore
import Store

/// Inputs and what a store holds after ingesting them.
public enum StoreScenario {
  /// The noon of 2026-01-01 in nanoseconds.
  public static let noon: Int64 = 1_767_268_800_000_000_000

  /// Events of input `name`: `count` of them, a few users, over `days` days.
  public static func events(_ name: String, count: Int, days: Int, seed: UInt64) -> [TestEvent] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { row in
      let day = Int64(row * days / max(count, 1))
      return TestEvent(
        time: noon + day * UTCDay.nanoseconds
          + Int64.random(in: 0..<3_600_000_000_000, using: &random),
        event: ["page_view", "purchase", "error"].randomElement(using: &random) ?? "error",
        user: ["ann", "bob", "", "zoë", nil].randomElement(using: &random) ?? nil,
        values: [
          "page": random.value(like: 6), "input": .text(name), "n": .int(Int64(row)),
          "mixed": random.value(like: row),
        ])
    }
  }

  /// The ledger's record of an input with these rows.
  public static func record(_ name: String, rows: Int) -> SourceRecord {
    let hash = Array(name.utf8).withUnsafeBytes { Hash128(of: $0) }
    return SourceRecord(
      name: name, content: SourceContent(bytes: UInt64(rows * 100), hash: hash, prefixHash: hash),
      storedBytes: UInt64(rows * 100), storedHash: nil, device: 1, inode: 2, rows: UInt64(rows),
      rejected: 0, lines: UInt64(rows))
  }

  /// Ingests inputs of `rows` rows each over two days in one commit, with one rejected line each.
  @discardableResult
  public static func ingest(
    _ names: [String], rows: Int = 40, into store: Store, pool: WorkerPool = WorkerPool(threads: 1)
  ) throws -> CommitSummary {
    let transaction = try store.beginIngest(pool: pool, memoryBytes: 64 << 20)
    do {
      let known = Set(transaction.knownSources.map(\.content))
      for (ordinal, name) in names.enumerated() {
        let record = record(name, rows: rows)
        if known.contains(record.content) { continue }
        let events = events(name, count: rows, days: 2, seed: UInt64(name.utf8.count))
        for start in stride(from: 0, to: rows, by: 16) {
          let piece = Array(events[start..<min(start + 16, rows)])
          try transaction.accept(EventBatch(piece, source: ordinal))
        }
        try transaction.rejects.append(Array("{\"source\":\"\(name)\"}\n".utf8)[...])
        try transaction.finishSource(record)
      }
      return try transaction.commit()
    } catch {
      transaction.abandon()
      throw error
    }
  }

  /// Ingests one input with so many rows on each of these days, counted from the first one.
  @discardableResult
  public static func ingest(
    _ name: String, rowsByDay: [Int: Int], into store: Store,
    pool: WorkerPool = WorkerPool(threads: 1)
  ) throws -> CommitSummary {
    let transaction = try store.beginIngest(pool: pool, memoryBytes: 64 << 20, repeats: .load)
    do {
      try load(name, rowsByDay: rowsByDay, into: transaction)
      return try transaction.commit()
    } catch {
      transaction.abandon()
      throw error
    }
  }

  /// Hands the rows of one input to `transaction`.
  public static func load(
    _ name: String, rowsByDay: [Int: Int], into transaction: IngestTransaction
  ) throws {
    var events: [TestEvent] = []
    for (day, rows) in rowsByDay.sorted(by: { $0.key < $1.key }) {
      for row in self.events(name, count: rows, days: 1, seed: UInt64(rows)) {
        events.append(row)
        events[events.count - 1].time += Int64(day) * UTCDay.nanoseconds
      }
    }
    if !events.isEmpty { try transaction.accept(EventBatch(events)) }
    try transaction.finishSource(record(name, rows: events.count))
  }

  /// The first instant of a day, counted from the first one.
  public static func start(ofDay day: Int) -> Int64 {
    UTCDay(containing: noon).start + Int64(day) * UTCDay.nanoseconds
  }

  /// The request that keeps this day, counted from the first one, and all later ones.
  public static func keeping(from day: Int, isForced: Bool = false) -> RetainRequest {
    RetainRequest(days: 3, now: start(ofDay: day + 3), isForced: isForced)
  }

  /// The rows of each day, counted from the first one, read row by row.
  public static func rowsByDay(_ snapshot: Snapshot) throws -> [Int: Int] {
    let first = Int(UTCDay(containing: noon).number)
    var rows: [Int: Int] = [:]
    for index in snapshot.segments.indices {
      let reader = try snapshot.reader(index)
      guard let column = reader.footer.column(role: .timestamp) else { continue }
      for block in 0..<reader.footer.blockCount {
        var vector = ColumnVector()
        try reader.decode(column: column, block: block, into: &vector)
        for row in 0..<vector.rowCount {
          rows[Int(UTCDay(containing: vector.numbers[row]).number) - first, default: 0] += 1
        }
      }
    }
    return rows
  }

  /// The values of property `input` with their numbers of rows, read row by row.
  public static func rowsByInput(_ snapshot: Snapshot) throws -> [String: Int] {
    var rows: [String: Int] = [:]
    for index in snapshot.segments.indices {
      let reader = try snapshot.reader(index)
      for block in 0..<reader.footer.blockCount {
        var vector = ColumnVector()
        try reader.decode(path: "input", block: block, into: &vector)
        for row in 0..<vector.rowCount {
          if case .text(let name) = vector.value(row) { rows[name, default: 0] += 1 }
        }
      }
    }
    return rows
  }
}
