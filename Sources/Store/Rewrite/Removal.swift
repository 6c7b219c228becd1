// Takes inputs out of a store that were loaded before.

import Columnar
import EvtCore

/// Which inputs are taken back.
enum RemovalTarget: Sendable {
  /// All inputs of a run.
  case run(UInt64)
  /// All inputs that were loaded under a name.
  case name(String)

  /// Whether `entry` of the ledger is meant.
  func contains(_ entry: LedgerEntry) -> Bool {
    switch self {
    case .run(let run): entry.run == run
    case .name(let name): ExactText(entry.source.name) == ExactText(name)
    }
  }

  /// The inputs as their rows name them.
  func origins(_ entries: [LedgerEntry]) -> RowOrigins {
    switch self {
    case .run(let run): RowOrigins(runs: [run])
    case .name:
      RowOrigins(
        inputs: Set(
          entries.compactMap { entry in
            entry.ordinal.map { RowOrigin(run: entry.run, ordinal: $0) }
          }))
    }
  }
}

/// Everything that a commit needs to take inputs back. It is prepared from one generation, without
/// the lock, and may have to be prepared again if another one is current by then.
struct Removal {
  private let target: RemovalTarget
  /// The entries of the ledger that go.
  private let entries: [LedgerEntry]
  private let origins: RowOrigins
  /// The segments that were looked at.
  private var examined: Set<UInt64> = []
  private var changes: [Change] = []

  /// A segment with rows that go, the files that take its place, and what goes with it.
  private struct Change: Sendable {
    var rewrite: Rewrite
    var events: [SegmentSummary.Event]
    var rows: UInt64
  }

  /// Finds the rows of `target` in `snapshot` and writes anew what else their segments hold.
  /// - Throws: `StoreError`, also when the target is not in the ledger or others depend on it.
  init(
    _ target: RemovalTarget, from snapshot: Snapshot, _ rewriter: SegmentRewriter,
    _ pool: WorkerPool
  ) throws {
    self.target = target
    entries = try target.entries(in: snapshot.catalogue, path: snapshot.storePath)
    let origins = target.origins(entries)
    self.origins = origins
    let concerned = snapshot.segments.indices.filter { index in
      snapshot.segments[index].runs.contains(where: origins.mayContain)
    }
    examined = Set(concerned.map { snapshot.segments[$0].id })
    changes = try pool.map(count: concerned.count) { number in
      do {
        return try Self.change(of: concerned[number], in: snapshot, origins, rewriter)
      } catch let damage as SegmentDamage {
        throw snapshot.damaged(damage, segment: concerned[number])
      }
    }.compactMap { $0 }
  }

  private static func change(
    of index: Int, in snapshot: Snapshot, _ origins: RowOrigins, _ rewriter: SegmentRewriter
  ) throws -> Change? {
    let segment = snapshot.segments[index]
    func whole() throws -> Change {
      Change(
        rewrite: Rewrite(segments: [segment], results: []),
        events: try segment.summary.events ?? countEvents(in: snapshot.reader(index)),
        rows: segment.summary.rowCount)
    }
    if segment.runs.allSatisfy(origins.runs.contains) { return try whole() }
    let reader = try snapshot.reader(index)
    let rows = try reader.rows(from: origins, runs: segment.runs)
    if rows.isEmpty { return nil }
    if rows.count == reader.footer.rowCount { return try whole() }
    return Change(
      rewrite: Rewrite(
        segments: [segment],
        results: try rewriter.rewrite(reader, runs: segment.runs, without: rows)),
      events: try countEvents(in: reader, rows: rows), rows: UInt64(rows.count))
  }

  /// Whether what was prepared is all there is to do in `catalogue`, and may be done. Segments that
  /// are gone since are no obstacle: a retain has taken them.
  func isCurrent(in catalogue: Catalogue) -> Bool {
    (try? target.entries(in: catalogue, path: "")) == entries
      && catalogue.segments.allSatisfy { segment in
        examined.contains(segment.id) || !segment.runs.contains(where: origins.mayContain)
      }
  }

  /// Takes the inputs out of `catalogue`, in which it must be current.
  /// - Returns: the files that are named instead, and the number of rows that are gone.
  func apply(to catalogue: inout Catalogue) -> (prepared: [PreparedFile], rows: UInt64) {
    let present = Set(catalogue.segments.map(\.id))
    let valid = changes.filter { $0.rewrite.segments.allSatisfy { present.contains($0.id) } }
    catalogue.ledger.removeAll(where: target.contains)
    catalogue.names.remove(events: valid.flatMap(\.events))
    return (catalogue.apply(valid.map(\.rewrite)), valid.reduce(0) { $0 + $1.rows })
  }
}

extension RemovalTarget {
  /// The entries of `catalogue` that are meant.
  /// - Throws: `StoreError.unknownRun` or `.unknownInput` when there are none; `.continued` when an
  ///   input that stays was taken up behind one of them.
  func entries(in catalogue: Catalogue, path: String) throws -> [LedgerEntry] {
    let entries = catalogue.ledger.filter(contains)
    if entries.isEmpty {
      switch self {
      case .run(let run):
        let known = Set(catalogue.ledger.map(\.run)).sorted()
        throw StoreError.unknownRun(path: path, run: run, known: known)
      case .name(let name):
        let names = Set(catalogue.ledger.map { ExactText($0.source.name) }).sorted().map(\.text)
        throw StoreError.unknownInput(
          path: path, name: name, nearest: NearestNames.find(name, among: names))
      }
    }
    let others = catalogue.ledger.filter { !contains($0) }
    let remaining = Set(others.map(\.source.content.hash))
    for other in others {
      guard let continues = other.source.continues, !remaining.contains(continues),
        let entry = entries.last(where: { $0.source.content.hash == continues })
      else { continue }
      throw StoreError.continued(path: path, entry: entry, by: other)
    }
    return entries
  }
}
