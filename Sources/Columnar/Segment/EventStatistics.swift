// Rows per event and quarter hour, and which events each block holds.

import EvtCore

/// Counts the rows of a segment by event, block by block.
struct EventStatistics: Sendable {
  private let names: [String]
  private var quarters: [UInt32]
  /// For each block so far, which events occur in it.
  private(set) var blockEvents: [[Bool]] = []

  /// Begins to count the events of `dictionary`; nil when there are too many to list, or none.
  init?(dictionary: [UnsafeRawBufferPointer]) {
    let nameBytes = dictionary.reduce(0) { $0 + $1.count }
    guard !dictionary.isEmpty, dictionary.count <= Limits.countedEventsMax,
      nameBytes <= Limits.countedEventBytesMax
    else { return nil }
    names = dictionary.map { String(decoding: $0, as: UTF8.self) }
    quarters = [UInt32](repeating: 0, count: names.count * 96)
  }

  /// Counts all rows of a segment.
  init?(_ values: ColumnValues, times: [Int64]) {
    self.init(dictionary: values.texts.dictionaryTexts)
    for start in stride(from: 0, to: times.count, by: Limits.blockRowsMax) {
      let block = start..<min(start + Limits.blockRowsMax, times.count)
      addBlock(times[block]) { Int(values.texts.rank(ofCode: Int(values.bits[$0]))) }
    }
  }

  /// Adds the rows of the next block; `event` tells the place in the dictionary for an index of
  /// `times`.
  @inline(__always)
  mutating func addBlock(_ times: ArraySlice<Int64>, event: (Int) -> Int) {
    var present = [Bool](repeating: false, count: names.count)
    for row in times.indices {
      let event = event(row)
      quarters[event * 96 + UTCDay.quarter(of: times[row])] += 1
      present[event] = true
    }
    blockEvents.append(present)
  }

  /// The counts so far, by name ascending.
  var events: [EventCount] {
    names.indices.map { event in
      let counts = quarters[event * 96..<event * 96 + 96]
      return EventCount(
        name: names[event], count: counts.reduce(0) { $0 + UInt64($1) },
        quarters: counts.enumerated().filter { $0.element > 0 }.map {
          QuarterCount(quarter: UInt8($0.offset), count: $0.element)
        })
    }
  }
}
