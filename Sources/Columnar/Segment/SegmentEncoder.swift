// Turns rows of batches into the bytes of one segment.

import EvtCore

/// One row of one of several batches.
public struct RowReference: Hashable, Sendable, BitwiseCopyable {
  public var batch: UInt32
  public var row: UInt32

  /// Creates the reference to row `row` of batch number `batch`.
  public init(batch: UInt32, row: UInt32) {
    self.batch = batch
    self.row = row
  }
}

/// The bytes of a segment file and what the catalogue keeps of it.
public struct EncodedSegment: Sendable {
  public var bytes: [UInt8]
  public var summary: SegmentSummary
  /// The paths in the overflow column, which may be too many for the catalogue to keep.
  public var overflowFields: [SegmentSummary.Field]
}

/// Encodes the rows of one UTC day as one segment: sort, encode the columns (in parallel if the
/// caller likes), assemble. The bytes depend on rows and batches alone.
public struct SegmentEncoder: Sendable {
  private let day: UTCDay
  private let source: SegmentRows
  private let order: RowOrder
  private let plan: ColumnPlan

  /// Sorts `rows`, all of `day` and given in input order, into the order of the format.
  public init(day: UTCDay, batches: [EventBatch], rows: [RowReference]) {
    precondition(!rows.isEmpty && rows.count <= Limits.segmentRowsMax, "BUG: segment size")
    self.day = day
    source = SegmentRows(batches: batches, rows: rows)
    order = RowOrder(source)
    plan = ColumnPlan(source)
  }

  /// The number of columns to encode.
  public var columnCount: Int { plan.columns.count }

  /// Encodes column `index`; columns may be encoded in parallel.
  public func encodeColumn(_ index: Int) -> EncodedColumn {
    let column = plan.columns[index]
    switch column.role {
    case .timestamp:
      let kinds = [UInt8](repeating: ValueKind.int.rawValue, count: order.times.count)
      return EncodedColumn(
        column, ColumnValues(kinds: kinds, bits: order.times), times: order.times)
    case .source:
      let kinds = [UInt8](repeating: ValueKind.int.rawValue, count: source.rows.count)
      var bits = [Int64](repeating: 0, count: source.rows.count)
      for stretch in source.stretches {
        let input = Int64(source.batches[stretch.batch].source)
        for position in stretch.positions { bits[Int(order.places[position])] = input }
      }
      return EncodedColumn(column, ColumnValues(kinds: kinds, bits: bits), times: order.times)
    case .overflow:
      return encodeOverflow(column)
    case .run:
      preconditionFailure("BUG: an ingest is one run")
    case .session, .eventID, .property:
      if !ColumnGather.isUnique(source, column.indices),
        let uuids = UUIDColumn(source, indices: column.indices, places: order.places)
      {
        return EncodedColumn(column, uuids, rowCount: source.rows.count)
      }
      return encodeGathered(column)
    case .event, .user:
      return encodeGathered(column)
    }
  }

  private func encodeGathered(_ column: PlannedColumn) -> EncodedColumn {
    let gathered = ColumnGather(
      source, indices: column.indices, places: order.places,
      alwaysUnique: column.role == .event)
    return EncodedColumn(column, ColumnValues(gathered), times: order.times)
  }

  /// Encodes the key filters of the blocks; may be done beside the columns.
  public func encodeKeyFilters() -> EncodedKeyFilters {
    var hashes = [UInt64](repeating: 0, count: source.rows.count)
    for stretch in source.stretches {
      let ofBatch = source.batches[stretch.batch].keyHashes
      if ofBatch.isEmpty { continue }
      for position in stretch.positions {
        hashes[Int(order.places[position])] = ofBatch[Int(source.rows[position].row)]
      }
    }
    return EncodedKeyFilters(hashes: hashes)
  }

  /// Puts the encoded columns, in order, together. Columns without a value are left out.
  /// - Parameter keyFilters: made here unless given.
  public func assemble(
    _ columns: [EncodedColumn], keyFilters: EncodedKeyFilters? = nil
  ) -> EncodedSegment {
    let filters = keyFilters ?? encodeKeyFilters()
    var footer = SegmentFooter(
      day: day, rowCount: source.rows.count, rowsWithoutUser: order.rowsWithoutUser,
      userCount: order.userCount, minTime: order.times.min() ?? 0, maxTime: order.times.max() ?? 0,
      events: nil, blockEvents: [], columns: [])
    var writer = ByteWriter()
    let stored = columns.reduce(filters.storedBytes) { $0 + $1.storedBytes }
    writer.reserve(stored + (64 << 10))
    SegmentLayout.headMagic.withUnsafeBytes { writer.append(contentsOf: $0) }
    for column in columns where !column.isEmpty {
      footer.columns.append(column.place(in: &writer))
      if let statistics = column.eventStatistics {
        footer.events = statistics.events
        footer.blockEvents = statistics.blockEvents
      }
    }
    footer.keyFilters = filters.blocks.map { $0.place(in: &writer) }
    let sealed = SegmentTrailer.seal(footer: FooterCoding.encode(footer))
    sealed.bytes.withUnsafeBytes { writer.append(contentsOf: $0) }
    let summary = SegmentSummary(
      footer, fileBytes: UInt64(writer.bytes.count), footerHash: sealed.footerHash)
    return EncodedSegment(
      bytes: writer.bytes, summary: summary, overflowFields: columns.flatMap(\.overflowFields))
  }

  private func encodeOverflow(_ column: PlannedColumn) -> EncodedColumn {
    let gathered = OverflowRows(source, paths: plan.overflowPaths)
    var objects = gathered.objects
    for (position, object) in gathered.objects.enumerated() {
      objects[Int(order.places[position])] = object
    }
    let jsonKind = ValueKind.json.rawValue
    let kinds = objects.map { $0 == nil ? ValueKind.absent.rawValue : jsonKind }
    var code: Int64 = -1
    let bits = objects.map { object -> Int64 in
      code += object == nil ? 0 : 1
      return max(code, 0)
    }
    let joined = TextList(objects.compactMap { $0?.json })
    return joined.bytes.withUnsafeBytes { bytes in
      var start = 0
      let union = joined.ends.map { end -> UnsafeRawBufferPointer in
        defer { start = Int(end) }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(end)])
      }
      let values = ColumnValues(
        kinds: kinds, bits: bits, texts: ColumnTexts(union: union), isUnique: false)
      var encoded = EncodedColumn(column, values, times: order.times)
      encoded.overflowFields = gathered.fields
      return encoded
    }
  }
}

extension SegmentSummary {
  /// What the catalogue keeps of a segment with `footer`.
  init(_ footer: SegmentFooter, fileBytes: UInt64, footerHash: Hash128) {
    let fields = footer.columns.compactMap { column -> Field? in
      switch column.role {
      case .source, .run, .overflow: nil
      default: Field(path: column.path, role: column.role, kinds: column.kinds)
      }
    }
    self.init(
      day: footer.day, rowCount: UInt64(footer.rowCount),
      rowsWithoutUser: UInt64(footer.rowsWithoutUser), userCount: UInt64(footer.userCount),
      minTime: footer.minTime, maxTime: footer.maxTime, fileBytes: fileBytes,
      footerHash: footerHash,
      events: footer.events?.map { Event(name: $0.name, count: $0.count) },
      fields: fields)
  }
}
