// The names in a store, for those who only want to type them.

import Columnar
import EvtCore
import Query
import Store

/// Events and fields of a store, out of its catalogue. A store that cannot be read has none: TAB is
/// no time for messages.
struct StoreNames {
  /// The events, the most frequent ones first; those without rows are last.
  let events: [(name: String, count: UInt64)]
  let fields: FieldNaming

  init(_ location: StoreLocation) {
    let snapshot = try? Store.open(at: location.path).snapshot()
    self.init(events: snapshot?.eventCounts ?? [], fields: snapshot?.knownFields ?? [])
  }

  init(events: [SegmentSummary.Event], fields: [SegmentSummary.Field]) {
    self.events = events.map { ($0.name, $0.count) }.sorted {
      $0.count != $1.count ? $0.count > $1.count : ExactText($0.name) < ExactText($1.name)
    }
    self.fields = FieldNaming(fields)
  }
}
