// Rows as they are: `evt query --raw`.

import Columnar
import EvtCore

/// The selected rows in the order of time; rows of the same instant stand in the order of segments
/// and rows. Memory is bounded whatever the number of rows.
public struct RawQuery: Sendable {
  /// Only rows of these events; all when empty.
  public var events: [String]
  public var condition: Expression?
  /// The fields to return; nil for whole events as JSON objects.
  public var fields: [String]?
  /// How many rows at most.
  public var limit: Int?
  /// Whether the latest rows come first.
  public var newestFirst: Bool
  public var range: TimeRange
  /// What `now()` means.
  public var now: Int64
  /// Whether unknown fields and events stand for nothing.
  public var allowsMissing: Bool

  /// Creates a query.
  public init(
    events: [String] = [], condition: Expression? = nil, fields: [String]? = nil,
    limit: Int? = nil, newestFirst: Bool = false, range: TimeRange = .all, now: Int64,
    allowsMissing: Bool = false
  ) {
    self.events = events
    self.condition = condition
    self.fields = fields
    self.limit = limit
    self.newestFirst = newestFirst
    self.range = range
    self.now = now
    self.allowsMissing = allowsMissing
  }

  /// The columns of its rows.
  public var columns: [String] { fields ?? ["event"] }

  /// Returns all rows as a table; whole events are one JSON value each.
  /// - Throws: `QueryError`, and the errors of `source`.
  public func run(on source: any QuerySource, pool: WorkerPool) throws -> ResultTable {
    var rows: [[ResultValue]] = []
    let warnings = try forEach(on: source, pool: pool) { rows.append($0) }
    return ResultTable(
      columns: columns, rows: rows, warnings: warnings, holdsEvents: fields == nil)
  }

  /// Calls `body` with row after row, without holding them all.
  /// - Returns: warnings about names taken for nothing.
  /// - Throws: `QueryError`, the errors of `source`, and that of `body`.
  @discardableResult
  public func forEach(
    on source: any QuerySource, pool: WorkerPool, _ body: ([ResultValue]) throws -> Void
  ) throws -> [String] {
    var binder = Binder(source, now: now, allowsMissing: allowsMissing)
    let plan = try RawPlan(self, &binder)
    var left = limit ?? .max
    for slice in RawSlice.slices(
      of: source.summaries, plan.request.range, newestFirst: newestFirst)
    {
      if left == 0 { break }
      let places = try slice.places(plan, source, pool, limit: left)
      left -= places.count
      var start = 0
      while start < places.count {
        let end = min(places.count, start + slice.batchRows)
        let batch = Array(places[start..<end])
        for row in try slice.render(batch, plan, source, pool) { try body(row) }
        start = end
      }
    }
    return binder.warnings
  }
}

/// A raw query with its names bound.
struct RawPlan: Sendable {
  /// Nil for whole events; a field that is missing is nil itself.
  let fields: [BoundField?]?
  let request: ScanRequest
  let newestFirst: Bool

  init(_ query: RawQuery, _ binder: inout Binder) throws {
    if let limit = query.limit, limit < 1 {
      throw QueryError.usage("the number of rows must be at least 1")
    }
    try binder.checkEvents(query.events)
    let filter = try query.condition.map { try binder.predicate($0) }
    fields = try query.fields.map { try $0.map { try binder.field($0) } }
    request = ScanRequest(
      range: query.range.intersection(filter?.timeRange ?? .all), filter: filter,
      events: query.events.isEmpty ? nil : query.events,
      needsTimes: true)
    newestFirst = query.newestFirst
  }
}

/// Where a row stands.
struct RowPlace: Sendable {
  var time: Int64
  var segment: UInt32
  var row: UInt32

  @inline(__always)
  func precedes(_ other: RowPlace) -> Bool {
    if time != other.time { return time < other.time }
    if segment != other.segment { return segment < other.segment }
    return row < other.row
  }
}

/// A stretch of time of a day: what is sorted at once.
struct RawSlice: Sendable {
  /// Indices of the segments of the day.
  private let segments: [Int]
  private let range: TimeRange
  /// Rows that are rendered at once, so that they fit in memory.
  let batchRows: Int

  /// Rows that a slice should hold about.
  private static let rowsMax: UInt64 = 4 << 20
  /// Bytes of events that should be held at once.
  private static let batchBytes: UInt64 = 64 << 20

  /// The stretches of all segments in the order in which rows are wanted.
  static func slices(
    of summaries: [SegmentSummary], _ range: TimeRange, newestFirst: Bool
  ) -> [RawSlice] {
    let wanted = summaries.indices.filter {
      range.overlaps(least: summaries[$0].minTime, greatest: summaries[$0].maxTime)
    }
    let days = Dictionary(grouping: wanted) { summaries[$0].day }
    var slices: [RawSlice] = []
    for day in days.keys.sorted() {
      let segments = days[day] ?? []
      let rows = segments.reduce(0) { $0 + summaries[$1].rowCount }
      let bytes = segments.reduce(0) { $0 + summaries[$1].fileBytes }
      // A stored event grows about tenfold in JSON.
      let rowBytes = max(64, bytes / max(1, rows) * 10)
      let batch = Int(min(1 << 18, max(16, batchBytes / rowBytes)))
      let parts = Int64(min(96, max(1, (rows + rowsMax - 1) / rowsMax)))
      for part in 0..<parts {
        let start = day.start &+ UDay.fraction(part, of: parts)
        let end = day.start &+ UDay.fraction(part + 1, of: parts)
        let slice = TimeRange(
          since: max(range.since ?? .min, part == 0 ? .min : start),
          until: part == parts - 1 ? range.until : min(range.until ?? .max, end))
        slices.append(RawSlice(segments: segments, range: slice, batchRows: batch))
      }
    }
    return newestFirst ? slices.reversed() : slices
  }

  private enum UDay {
    static func fraction(_ part: Int64, of parts: Int64) -> Int64 {
      UTCDay.nanoseconds / parts * part
    }
  }

  /// The places of the first `limit` selected rows, in order.
  func places(
    _ plan: RawPlan, _ source: any QuerySource, _ pool: WorkerPool, limit: Int
  ) throws -> [RowPlace] {
    var request = plan.request
    request.range = range
    let asked = request
    let newestFirst = plan.newestFirst
    let found = try pool.map(count: segments.count) { number in
      try source.reading(segment: segments[number]) { reader in
        var kept = FirstRows(limit: limit, newestFirst: newestFirst)
        try scan(reader, asked) { block in
          let first = block.block * Limits.blockRowsMax
          SelectedRows(block).forEach { _, row in
            let place = block.places.map { Int($0[row]) } ?? row
            kept.add(
              RowPlace(
                time: block.times[row], segment: UInt32(segments[number]),
                row: UInt32(first + place)))
          }
        }
        return kept.sorted
      }
    }
    var all = FirstRows(limit: limit, newestFirst: newestFirst)
    for places in found { for place in places { all.add(place) } }
    return all.sorted
  }

  /// The rows at `places`, in their order.
  func render(
    _ places: [RowPlace], _ plan: RawPlan, _ source: any QuerySource, _ pool: WorkerPool
  ) throws -> [[ResultValue]] {
    // Rows of the same block are rendered together, since a block is decoded as a whole.
    let byBlock = Dictionary(grouping: places.indices) { index in
      UInt64(places[index].segment) << 32
        | UInt64(places[index].row) / UInt64(Limits.blockRowsMax)
    }
    let blocks = byBlock.keys.sorted()
    let rendered = try pool.map(count: blocks.count) { number in
      let block = blocks[number]
      return try source.reading(segment: Int(block >> 32)) { reader in
        try plan.rows(
          reader, block: Int(block & 0xFFFF_FFFF),
          (byBlock[block] ?? []).map { Int(places[$0].row) % Limits.blockRowsMax })
      }
    }
    var rows = [[ResultValue]](repeating: [], count: places.count)
    for (block, values) in zip(blocks, rendered) {
      for (index, row) in zip(byBlock[block] ?? [], values) { rows[index] = row }
    }
    return rows
  }
}

extension RawPlan {
  /// The values of `rows` of a block.
  func rows(_ reader: SegmentReader, block: Int, _ rows: [Int]) throws -> [[ResultValue]] {
    guard let fields else {
      let writer = try EventWriter(reader, block: block)
      return rows.map { [.json(String(decoding: writer.event($0), as: UTF8.self))] }
    }
    let columns = BlockColumns(reader)
    let slots = fields.map { $0.map(columns.slot) }
    columns.begin(block: block)
    let vectors = try slots.map { try $0.map { try columns.vector($0) } }
    return rows.map { row in
      zip(fields, vectors).map { field, vector in
        guard let field, let vector else { return .null }
        return vector.result(row, as: field.type)
      }
    }
  }
}

extension ColumnVector {
  /// The value of `row` as an answer shows it: numbers as they were written.
  func result(_ row: Int, as type: FieldType) -> ResultValue {
    switch kind(row) {
    case .absent, .null: .null
    case .bool: .bool(numbers[row] != 0)
    case .int: type.value(numbers[row]).result
    case .double: .double(double(row))
    case .decimal: .decimal(texts[Int(codes[row])])
    case .text: .text(texts[Int(codes[row])])
    case .json: .json(texts[Int(codes[row])])
    }
  }
}

/// The first rows of many, in the order of time, without holding many more than are wanted.
private struct FirstRows {
  private let limit: Int
  private let newestFirst: Bool
  private var places: [RowPlace] = []

  init(limit: Int, newestFirst: Bool) {
    self.limit = limit
    self.newestFirst = newestFirst
  }

  mutating func add(_ place: RowPlace) {
    places.append(place)
    if places.count >= 4_096, places.count / 2 >= limit { places = sorted }
  }

  /// The rows kept, in order.
  var sorted: [RowPlace] {
    let ordered =
      newestFirst
      ? places.sorted { $1.precedes($0) } : places.sorted { $0.precedes($1) }
    return Array(ordered.prefix(limit))
  }
}
