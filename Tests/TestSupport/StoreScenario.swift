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
