// What an ingest can be told.

import EvtCore

/// How the fields of events are found.
public enum MappingChoice: Hashable, Sendable {
  /// The preset that fits the first events of each input best.
  case automatic
  /// The preset of that name.
  case preset(String)
  /// Some fields by hand, the others from the preset of that name or the one that fits best.
  case custom(FieldMap, preset: String? = nil)
}

/// How many bad lines end a run.
public enum RejectLimit: Hashable, Sendable {
  /// More than this many.
  case count(Int)
  /// More than this share of the lines read, 0 to 100.
  case percent(Double)
  /// More than the larger of 1 % of the lines read and 1,000.
  case standard

  /// Reads the text of `--max-rejects`: a number, or a percentage with `%`.
  public init?(_ text: String) {
    if text.hasSuffix("%") {
      guard let percent = Double(text.dropLast()), percent >= 0, percent <= 100 else { return nil }
      self = .percent(percent)
    } else {
      guard let count = Int(text), count >= 0 else { return nil }
      self = .count(count)
    }
  }

  /// Whether a run that ends with these numbers fails.
  func isExceeded(rejected: Int, events: Int) -> Bool {
    switch self {
    case .count(let limit): rejected > limit
    case .percent(let percent): Double(rejected) * 100 > percent * Double(events)
    case .standard: rejected > max(1_000, events / 100)
    }
  }

  /// Whether a run need not go on: a count is exceeded, or after 100,000 lines more than half are
  /// bad where fewer were allowed.
  func isHopeless(rejected: Int, events: Int) -> Bool {
    switch self {
    case .count(let limit): return rejected > limit
    case .percent(let percent) where percent >= 50: return false
    case .percent, .standard:
      return events >= 100_000 && rejected > events / 2
        && isExceeded(rejected: rejected, events: events)
    }
  }

  var description: String {
    switch self {
    case .count(let limit): "\(limit)"
    case .percent(let percent): "\(percent) %"
    case .standard: "the larger of 1 % and 1,000"
    }
  }
}

/// What an ingest run can be told.
public struct IngestOptions: Sendable {
  public var mapping = MappingChoice.automatic
  /// What is done to fields before anything is kept of them.
  public var transforms = FieldTransforms()
  public var maxRejects = RejectLimit.standard
  /// Takes events of any future time.
  public var allowFuture = false
  /// The clock in nanoseconds since 1970, against which future times are told.
  public var now: Int64
  /// Memory for the whole ingest; the reader and the parsers take about a quarter of it.
  public var memoryBytes = Limits.ingestMemoryBytes
  /// Leaves out inputs that are damaged or no events, instead of ending.
  public var keepGoing = false
  /// The inputs are reject files: the lines that were kept in them are loaded.
  public var isReplay = false
  /// Loads inputs again that were loaded before.
  public var force = false
  /// Which properties are kept, by their paths, when not all are wanted. Of the others batches say
  /// that they were there.
  public var keepsProperty: (@Sendable (String) -> Bool)?
  /// Where streams are kept that look like something loaded before; nil for `$TMPDIR`, else /tmp.
  public var spoolDirectory: String?

  /// Creates the default options; the clock must be given.
  public init(now: Int64) { self.now = now }

  var spool: Spool {
    transforms.hidesFields ? .memory(bytesMax: memoryBytes / 8) : .directory(spoolDirectory)
  }

  var latestTime: Int64 {
    guard !allowFuture else { return .max }
    let (latest, overflow) = now.addingReportingOverflow(Limits.futureToleranceNanos)
    return overflow ? .max : latest
  }
}
