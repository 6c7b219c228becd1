// Everything that a store holds, read row by row.

import Columnar
import EvtCore
import Store

extension StoreScenario {
  /// All events with the number of times they are there.
  public static func contents(_ snapshot: Snapshot) throws -> [TestEvent: Int] {
    var contents: [TestEvent: Int] = [:]
    for index in snapshot.segments.indices {
      let reader = try snapshot.reader(index)
      for block in 0..<reader.footer.blockCount {
        for event in try events(of: reader, block: block) { contents[event, default: 0] += 1 }
      }
    }
    return contents
  }

  private static func events(of reader: SegmentReader, block: Int) throws -> [TestEvent] {
    var events = (0..<reader.footer.rows(inBlock: block)).map { _ in
      TestEvent(time: 0, event: "", user: nil)
    }
    for (index, column) in reader.footer.columns.enumerated() {
      var vector = ColumnVector()
      try reader.decode(column: index, block: block, into: &vector)
      for row in events.indices {
        switch (column.role, vector.value(row)) {
        case (.event, .text(let text)): events[row].event = text
        case (.user, .text(let text)): events[row].user = text
        case (.session, .text(let text)): events[row].session = text
        case (.eventID, .text(let text)): events[row].eventID = text
        case (.timestamp, .int(let time)): events[row].time = time
        case (.property, .absent): break
        case (.property, let value): events[row].values[column.path] = value
        default: break
        }
      }
    }
    return events
  }
}
