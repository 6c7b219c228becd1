// Makes one segment of the rows of several, or of some rows of one.

import EvtCore

/// What was merged.
public struct MergedSegment: Sendable {
  /// What the catalogue keeps of it.
  public var summary: SegmentSummary
  /// The runs of its rows, ascending.
  public var runs: [UInt64]
}

/// Merges segments of one UTC day. Memory is bounded whatever their size: the order is found first,
/// from users and times alone, as one byte a row; then columns are written one after another, with
/// one block of each input in memory. Equal inputs give equal bytes.
public struct SegmentMerge {
  private let inputs: [MergeInput]
  private let plan: MergePlan
  private let order: MergeOrder
  private let day: UTCDay
  private let textBytesMax: Int

  /// Finds the order of the kept rows of `inputs`. Rows of the same user and time stand in the
  /// order of the inputs.
  /// - Parameter textBytesMax: what a block may hold of texts beside its dictionary.
  /// - Throws: `MergeTooLarge`; `SegmentDamage`, or the error of an input's source.
  public init(
    _ inputs: [MergeInput], textBytesMax: Int = Limits.mergedTextBytesMax
  ) throws {
    precondition(!inputs.isEmpty, "BUG: a merge of nothing")
    let day = inputs[0].reader.footer.day
    guard inputs.allSatisfy({ $0.reader.footer.day == day }) else {
      throw SegmentDamage("the segments are of several days")
    }
    let rows = inputs.reduce(0) { $0 + $1.keptRows }
    guard rows > 0, rows <= Limits.segmentRowsMax else { throw MergeTooLarge() }
    self.day = day
    self.textBytesMax = textBytesMax
    self.inputs = inputs
    plan = try MergePlan(inputs)
    if inputs.count > 1 { try plan.checkSize(inputs) }
    order = try MergeOrder(inputs)
  }

  /// Writes the segment's file to `sink`, piece by piece.
  /// - Throws: as `init`, and what `sink` throws.
  public func write(to sink: (ArraySlice<UInt8>) throws -> Void) throws -> MergedSegment {
    var footer = SegmentFooter(
      day: day, rowCount: order.inputs.count, rowsWithoutUser: order.rowsWithoutUser,
      userCount: order.userCount, minTime: order.minTime, maxTime: order.maxTime, events: nil,
      blockEvents: [], columns: [])
    try sink(SegmentLayout.headMagic[...])
    var offset = UInt64(SegmentLayout.headMagic.count)
    for column in plan.columns {
      let survey = try ColumnSurvey(column, inputs)
      if column.role.isOptional, survey.isEmpty { continue }
      let entry = try write(column, survey, at: &offset, into: &footer, sink)
      footer.columns.append(entry)
      for input in inputs { input.reader.releaseDictionaries() }
    }
    if var filters = KeyFilterMerge(plan, inputs, order, textBytesMax: textBytesMax) {
      while let filter = try filters.next() {
        footer.keyFilters.append(try place(filter, at: &offset, sink))
      }
    }
    let sealed = SegmentTrailer.seal(footer: FooterCoding.encode(footer))
    try sink(sealed.bytes[...])
    let summary = SegmentSummary(
      footer, fileBytes: offset + UInt64(sealed.bytes.count), footerHash: sealed.footerHash)
    return MergedSegment(summary: summary, runs: plan.runs)
  }

  private func write(
    _ column: MergedColumn, _ survey: ColumnSurvey, at offset: inout UInt64,
    into footer: inout SegmentFooter, _ sink: (ArraySlice<UInt8>) throws -> Void
  ) throws -> ColumnEntry {
    var entry = ColumnEntry(
      path: column.path, role: column.role, kindCounts: survey.kindCounts, dictionary: nil,
      dictionaryCount: survey.texts?.count ?? 0, blocks: [], zones: [])
    if let texts = survey.texts {
      let block = StoredBlock(dictionary: texts.texts.dictionaryTexts)
      entry.dictionary = try place(block, at: &offset, sink)
    }
    var events = column.role == .event ? EventMerge(plan, inputs, order, survey.texts) : nil
    var merge = ColumnMerge(
      column, inputs, order, texts: survey.texts, textBytesMax: textBytesMax)
    while try merge.next() {
      try events?.add(merge.block)
      let (stored, zone) = merge.encode(column.role)
      entry.blocks.append(try place(stored, at: &offset, sink))
      entry.zones.append(zone)
    }
    if let statistics = events?.statistics {
      footer.events = statistics.events
      footer.blockEvents = statistics.blockEvents
    }
    return entry
  }

  private func place(
    _ block: StoredBlock, at offset: inout UInt64, _ sink: (ArraySlice<UInt8>) throws -> Void
  ) throws -> BlockReference {
    let reference = block.reference(at: offset)
    offset += UInt64(reference.storedBytes)
    try sink(block.bytes[...])
    return reference
  }
}

/// Counts events beside the merge of their column, for which it needs the times.
private struct EventMerge {
  private(set) var statistics: EventStatistics?
  private var times: ColumnMerge

  init?(_ plan: MergePlan, _ inputs: [MergeInput], _ order: MergeOrder, _ texts: UnitedTexts?) {
    guard let column = plan.columns.first(where: { $0.role == .timestamp }) else { return nil }
    statistics = EventStatistics(dictionary: texts?.texts.dictionaryTexts ?? [])
    times = ColumnMerge(column, inputs, order)
  }

  mutating func add(_ block: MergedBlock) throws {
    guard block.kinds.allSatisfy({ $0 == ValueKind.text.rawValue }) else {
      throw SegmentDamage("it has rows without an event")
    }
    guard statistics != nil, try times.next() else { return }
    statistics?.addBlock(times.block.bits[...]) { Int(block.bits[$0]) }
  }
}
