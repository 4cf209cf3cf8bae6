import ArgumentParser
import LlamaCore

/// How a token is drawn.
struct SamplingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Divisor of the logits; 0 takes the likeliest token.", valueName: "t"))
  var temperature: Double?

  @Option(help: ArgumentHelp("Draws from the K likeliest tokens only.", valueName: "k"))
  var topK: Int?

  @Option(help: ArgumentHelp("Draws from the fewest tokens that have probability P together.", valueName: "p"))
  var topP: Double?

  @Option(help: ArgumentHelp("Draws from tokens at least P times as likely as the likeliest one.", valueName: "p"))
  var minP: Double?

  @Option(help: ArgumentHelp("Penalty (above 1) for tokens that are already in the context.", valueName: "r"))
  var repetitionPenalty: Double?

  @Option(help: ArgumentHelp("Seed of the random draws; by default another one each time.", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    do throws(SamplingError) {
      try sampling(seed: 0).check()
    } catch {
      throw ValidationError("--\(error)")
    }
  }

  /// Returns the settings, with a seed of their own if none is given, which is short enough to be typed again.
  func drawn() -> Sampling { sampling(seed: seed ?? UInt64(UInt32.random(in: .min ... .max))) }

  private func sampling(seed: UInt64) -> Sampling {
    let isFiltered = topK != nil || topP != nil || minP != nil
    return Sampling(
      temperature: temperature ?? (isFiltered ? 1 : 0), topK: topK, topP: topP, minP: minP,
      repetitionPenalty: repetitionPenalty, seed: seed)
  }
}
