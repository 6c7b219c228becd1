// Finds the mapping that fits the first events of an input.

import CKernels
import Columnar
import EvtCore
import Glibc

/// Tries mappings on a sample of events and takes the best.
struct MappingDetector {
  /// What became of the sample under one mapping.
  private struct Trial {
    var mapping: FieldMapping
    /// Events with both an event name and a time, and those among them where both are right. What
    /// is wrong with other fields does not speak for a mapping that overlooks them.
    var fitting = 0
    var usable = 0
    /// Valid JSON objects.
    var objects = 0
    /// Values of user, session and event id.
    var extras = [0, 0, 0]

    func isBetter(than other: Trial) -> Bool {
      let own = [usable, fitting] + extras
      let others = [other.usable, other.fitting] + other.extras
      return others.lexicographicallyPrecedes(own)
    }
  }

  /// Events looked at, and the text they may take.
  static let sampleEvents = 64
  private static let sampleBytes = 1 << 20

  let choice: MappingChoice

  /// The mapping for the input whose text begins with `chunk`; nil when there is no event in it to
  /// tell by.
  /// - Throws: `IngestError` of kind `.badInput` when no mapping finds an event name and a time.
  func mapping(for chunk: Chunk, source: String) throws -> FieldMapping? {
    let sample = Self.sample(of: chunk)
    var best: Trial?
    for mapping in try candidates() {
      let trial = Self.trial(mapping, sample)
      if best.map({ trial.isBetter(than: $0) }) ?? true { best = trial }
    }
    guard let best, best.objects > 0 else { return nil }
    guard best.fitting > 0 else {
      throw IngestError(.badInput, misfit(best.mapping, sample, source: source))
    }
    return best.mapping
  }

  /// What is taken when there is nothing to tell by.
  func fallback() throws -> FieldMapping { try candidates()[0] }

  private func candidates() throws -> [FieldMapping] {
    switch choice {
    case .automatic: return Presets.all
    case .preset(let name): return [try Presets.named(name)]
    case .custom(let map, let preset):
      let base = try preset.map { [try Presets.named($0)] } ?? Presets.all
      return base.map { $0.overridden(by: map) }
    }
  }

  private static func trial(_ mapping: FieldMapping, _ sample: Chunk) -> Trial {
    let settings = ParserSettings(source: 0, mapping: mapping, latestTime: .max)
    let parsed = ChunkParser.parse(sample, from: ChunkPosition(), settings: settings)
    var trial = Trial(mapping: mapping)
    trial.usable = parsed.batch.rowCount
    trial.objects = trial.usable
    trial.fitting = trial.usable
    for reject in parsed.rejects where reject.reason.isAboutFields {
      trial.objects += 1
      if reject.reason != .eventMissing, reject.reason != .timeMissing { trial.fitting += 1 }
      if [.userNotText, .sessionNotText, .eventIDNotText].contains(reject.reason) {
        trial.usable += 1
      }
    }
    for (index, role) in [ColumnRole.user, .session, .eventID].enumerated() {
      parsed.batch.withColumn(EventBatch.canonicalColumn(role)) { column in
        for entry in 0..<column.count where column.kind(of: entry) == .text {
          trial.extras[index] += 1
        }
      }
    }
    return trial
  }

  /// The first events of `chunk` as a chunk of their own.
  private static func sample(of chunk: Chunk) -> Chunk {
    let sample = Chunk(form: chunk.form, capacity: 0)
    var end = 0
    switch chunk.form {
    case .lines(let separator):
      for _ in 0..<sampleEvents where end < chunk.count && end < sampleBytes {
        let found = memchr(chunk.bytes + end, Int32(separator), chunk.count - end)
        end = found.map { $0.assumingMemoryBound(to: UInt8.self) - chunk.bytes + 1 } ?? chunk.count
      }
    case .elements:
      for index in 0..<min(chunk.elements.count, sampleEvents) where end < sampleBytes {
        sample.elements.append(chunk.elements[index])
        end = chunk.elements[index].end
      }
    case .replayed:
      for index in 0..<chunk.elements.count
      where sample.elements.count < sampleEvents && end < sampleBytes
        && chunk.elements[index].reason == Element.isEvent
      {
        sample.elements.append(chunk.elements[index])
        end = chunk.elements[index].end
      }
    case .overlong: break
    }
    sample.append(chunk.bytes, count: end)
    sample.seal()
    return sample
  }

  // MARK: - When nothing fits

  private func misfit(_ mapping: FieldMapping, _ sample: Chunk, source: String) -> String {
    let keys = Self.keys(in: sample)
    var shown = keys.prefix(20).joined(separator: ", ")
    if keys.count > 20 { shown += ", …" }
    let wanted =
      switch choice {
      case .automatic: "no preset finds an event name and a time"
      case .preset, .custom:
        "no event has both \(mapping[.event].joined(separator: " or ")) and "
          + mapping[.timestamp].joined(separator: " or ")
      }
    return
      "\(source): \(wanted) in the first events; keys seen: \(shown); name yours, for instance "
      + "--map 'event=KEY,timestamp=KEY,user_id=KEY'"
  }

  /// The paths of the scalars in the sample, in the order in which they are met.
  private static func keys(in sample: Chunk) -> [String] {
    let nothing = FieldMapping(name: "", alternatives: [[], [], [], [], []])
    var scanner = EventScanner(mapping: nothing, latestTime: .max)
    let base = Bytes(sample.bytes)
    let end = base + sample.count
    switch sample.form {
    case .lines(let separator):
      var at = base
      while at < end {
        let found = memchr(at, Int32(separator), end - at)
        let lineEnd = found.map { Bytes($0.assumingMemoryBound(to: UInt8.self)) } ?? end
        JSONText.skipSpace(&at, lineEnd)
        if scanner.scan(&at, lineEnd) { scanner.abandonRow() }
        at = lineEnd < end ? lineEnd + 1 : end
      }
    case .elements, .replayed:
      for index in 0..<sample.elements.count {
        var at = base + sample.elements[index].start
        if scanner.scan(&at, base + sample.elements[index].end) { scanner.abandonRow() }
      }
    case .overlong: break
    }
    return (0..<scanner.tree.keys.count).compactMap { key in
      scanner.tree.keys[key].child < 0 ? scanner.tree.path(of: Int32(key)) : nil
    }
  }
}
