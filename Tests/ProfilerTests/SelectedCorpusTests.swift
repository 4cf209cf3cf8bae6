import Foundation
import LlamaCore
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct SelectedCorpusTests {
  private static let directory = Repository.fixtures.appending(path: "tiny-llama")

  private static func file(_ text: String, in folder: TemporaryFolder) throws -> URL {
    let url = folder.url.appending(path: "corpus.json")
    try text.write(to: url, atomically: true, encoding: .utf8)
    return url
  }

  @Test func `the first texts of the chosen domains are cut, counted and said where they come from`() throws {
    let folder = try TemporaryFolder()
    let file = try Self.file(
      #"{"a": [[5, 6, 7, 8], [], [9], [1]], "b": ["never read"], "c,d": [[3]]}"#, in: folder)
    let model = try LlamaModel(directory: Self.directory)
    let selection = CorpusSelection(domains: ["c,d", "a"], limit: 3, maximumTokens: 2)
    let texts = try selection.read(file, for: model)
    #expect(
      texts.tokenized
        == TokenizedCorpus(domains: [
          .init(
            name: "a", texts: [.init(index: 0, tokens: [5, 6]), .init(index: 2, tokens: [9])], emptyTexts: 1,
            truncatedTexts: 1),
          .init(name: "c,d", texts: [.init(index: 0, tokens: [3])]),
        ]))
    #expect(texts.fingerprint == Fingerprint(of: Array(try Data(contentsOf: file)).span))
    #expect(texts.maximumTokens == 2)
    #expect(texts.tokenizer == nil)
    #expect(texts.bosPolicy == "as in the corpus (token ids)")
    #expect(texts.text(of: 5) == nil)

    let profiler = CorpusProfiler(corpus: texts.tokenized, model: model)
    let settings = try RunSettings(profiler, of: texts, model, options: RunOptions())
    #expect(settings.corpus == file.relativePath)
    #expect(settings.corpusFingerprint == texts.fingerprint)
    #expect(settings.textLimit == 3)
    #expect(settings.maximumTokens == 2)
  }

  @Test func `strings get the ids of the model's tokenizer, and as many tokens as the model has positions`() throws {
    let model = try LlamaModel(directory: Self.directory)
    let texts = try CorpusSelection(domains: ["cpp,legal"]).read(
      Self.directory.appending(path: "corpus.json"), for: model)
    let corpus = try Corpus(contentsOf: Self.directory.appending(path: "corpus.json"))
    #expect(try texts.tokenized == TokenizedCorpus(corpus.selecting(domains: ["cpp", "legal"]), for: model))
    #expect(texts.maximumTokens == model.spec.maximumPositions)
    #expect(texts.bosPolicy.hasPrefix("tokenizer template, adds "))
    #expect(texts.tokenizer != nil)
  }

  @Test(arguments: [
    (CorpusSelection(domains: ["x"]), #"no domain "x", its domains are "a", "b""#),
    (CorpusSelection(isStrict: true), #"text 1 of "a", position 0: expected a token id from 0 to 511, found 512"#),
    (CorpusSelection(domains: ["b"]), #"text 0 of "b", position 0: expected a token id from 0 to 511, found 600"#),
    (CorpusSelection(domains: ["c"]), "expected at least one text with a token, found none"),
  ])
  func `a choice that leaves nothing to run, or a text that cannot be run, names the file`(
    selection: CorpusSelection, message: String
  ) throws {
    let folder = try TemporaryFolder()
    let isThere = !selection.domains.elements.contains("x")
    let file = try Self.file(
      isThere ? #"{"a": [[1], [512]], "b": [[600]], "c": [[]]}"# : #"{"a": [[1]], "b": [[2]]}"#, in: folder)
    let model = try LlamaModel(directory: Self.directory)
    let error = #expect(throws: FileError.self) { try selection.read(file, for: model) }
    #expect(error?.path == file.relativePath)
    #expect(error?.reason == .malformed(message))
    if selection.domains.elements.isEmpty {
      // Recorded instead, where it is not strict.
      #expect(try CorpusSelection().read(file, for: model).tokenized.failureCount == 2)
    }
  }

  @Test func `the perplexity of a domain is that of its texts`() throws {
    let model = try LlamaModel(directory: Self.directory)
    let corpus = TokenizedCorpus(domains: [
      .init(name: "a", texts: [.init(index: 0, tokens: [1, 5, 9]), .init(index: 1, tokens: [1, 7])]),
      .init(name: "b", texts: [.init(index: 0, tokens: [1, 30, 31, 32])]),
    ])
    var fractions: [Double] = []
    let perplexity = try CorpusPerplexity(of: corpus, model: model, seed: 3) { fractions.append($0.fraction) }
    let likelihoods = try model.negativeLogLikelihood(of: corpus.domains.flatMap { $0.texts.map(\.tokens) })
    #expect(perplexity.domains.map(\.name) == ["a", "b"])
    #expect(
      perplexity.domains.map(\.summary) == [
        PerplexitySummary(Array(likelihoods[..<2]), seed: 3), PerplexitySummary([likelihoods[2]], seed: 3),
      ])
    #expect(perplexity.all == PerplexitySummary(likelihoods, seed: 3))
    #expect(fractions == [3.0 / 9, 5.0 / 9, 1])
  }
}
