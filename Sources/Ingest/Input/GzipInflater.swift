// Inflates gzip as a stream, member by member.

import EvtCore

/// Inflates the bytes of a gzip file: any number of members, each checked by its own CRC and
/// length.
///
/// A truncated, corrupt or lengthened file is an error, and so is one that inflates beyond all
/// reason (see `Limits`).
final class GzipInflater {
  /// What a step brought.
  enum Step {
    /// Bytes were written, or read without writing any.
    case progress(taken: Int, written: Int)
    /// A member ended after these.
    case memberEnd(taken: Int, written: Int)
  }

  #if ISAL
    private typealias Stream = IsalStream
  #else
    private typealias Stream = ZlibStream
  #endif

  private let name: String
  private let outputBytesMax: UInt64
  private let stream: Stream
  /// Whether the last step filled its target, or met with an error that is still to be thrown: then
  /// there is more to come without further input.
  private(set) var mayGoOn = false
  private var failure: IngestError?
  private(set) var written: UInt64 = 0
  private var taken: UInt64 = 0
  // Where the window began over which the ratio is watched.
  private var windowWritten: UInt64 = 0
  private var windowTaken: UInt64 = 0

  init(name: String, outputBytesMax: UInt64 = Limits.gzipOutputBytesMax) throws {
    self.name = name
    self.outputBytesMax = outputBytesMax
    guard let stream = Stream() else {
      throw IngestError(.readFailed, "\(name): no memory to inflate it")
    }
    self.stream = stream
  }

  /// Begins the next member.
  func startMember() { stream.startMember() }

  /// Inflates from `source` to `target`. What was written before an error is handed out before that
  /// is thrown, so that it does not matter how large the steps are.
  /// - Throws: `IngestError` of kind `.badInput` for damage or a suspected bomb.
  func inflate(
    _ source: UnsafeMutablePointer<UInt8>, _ sourceCount: Int,
    into target: UnsafeMutablePointer<UInt8>, _ targetCount: Int
  ) throws -> Step {
    if let failure { throw failure }
    let step = stream.inflate(
      source, UInt32(min(sourceCount, Int(Int32.max))), into: target,
      UInt32(min(targetCount, Int(Int32.max))))
    taken += UInt64(step.taken)
    written += UInt64(step.written)
    failure = sizeFailure()
    if case .damage(let what) = step.outcome { failure = failure ?? damage(what) }
    if let failure, step.written == 0 { throw failure }
    mayGoOn = step.written == targetCount || failure != nil
    if case .memberEnd = step.outcome, failure == nil {
      return .memberEnd(taken: step.taken, written: step.written)
    }
    return .progress(taken: step.taken, written: step.written)
  }

  /// The error for damage at the place reached.
  func damage(_ what: String) -> IngestError {
    IngestError(
      .badInput,
      "\(name): damaged gzip data at byte \(taken): \(what); get an intact copy, or leave it out "
        + "with --keep-going")
  }

  private func sizeFailure() -> IngestError? {
    if written > outputBytesMax {
      return IngestError(
        .badInput,
        "\(name): inflates to more than \(outputBytesMax >> 30) GiB; if that is right, "
          + "use: gzip -dc | evt ingest -")
    }
    let windowBytes = written - windowWritten
    guard windowBytes >= Limits.gzipRatioWindowBytes else { return nil }
    if windowBytes / max(taken - windowTaken, 1) >= Limits.gzipRatioMax {
      return IngestError(
        .badInput,
        "\(name): inflates by more than \(Limits.gzipRatioMax) : 1 over "
          + "\(Limits.gzipRatioWindowBytes >> 20) MiB, like a gzip bomb; if that is right, "
          + "use: gzip -dc | evt ingest -")
    }
    windowWritten = written
    windowTaken = taken
    return nil
  }
}
