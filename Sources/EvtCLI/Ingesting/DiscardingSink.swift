// Where batches go when nothing is to be stored.

import Columnar
import EvtCore
import Store

/// A sink that knows what a store knows and keeps nothing: `evt ingest --dry-run`.
final class DiscardingSink: BatchSink {
  let knownSources: [SourceRecord]
  /// Rows of finished inputs that the store would leave out.
  private(set) var expired: UInt64 = 0
  private var expiredOfOpenSource: UInt64 = 0
  private let watermark: UTCDay?
  private(set) var fields: FieldChanges

  /// Creates the sink that stands for the store of `snapshot`, or for a new one.
  /// - Throws: `StoreError` when nothing was loaded as `name`, which is to be replaced.
  init(_ snapshot: Snapshot?, replacing name: String?) throws {
    knownSources = try snapshot?.ledger(replacing: name).map(\.source) ?? []
    watermark = snapshot?.retainWatermark
    fields = FieldChanges(known: snapshot?.knownFields ?? [])
  }

  func accept(_ batch: EventBatch) throws {
    fields.add(batch)
    guard let watermark else { return }
    expiredOfOpenSource += UInt64(batch.times.elements.count { UTCDay(containing: $0) < watermark })
  }

  func finishSource(_ record: SourceRecord) throws {
    fields.finishSource(isKept: true)
    expired += expiredOfOpenSource
    expiredOfOpenSource = 0
  }

  func abandonSource(_ ordinal: Int) throws {
    fields.finishSource(isKept: false)
    expiredOfOpenSource = 0
  }
}
