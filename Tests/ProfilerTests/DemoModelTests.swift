import Foundation
import LlamaCore
import Profiler
import TestSupport
import Testing

/// The demo's trained toy model and its held-out texts. What the model computes is compared with Hugging Face by
/// `GoldenProfileTests` and `LogitsTests`.
@Suite struct DemoModelTests {
  private static let directory = Repository.fixtures.appending(path: "demo-model")

  private static func corpus(_ name: String = "demo.json") throws -> Corpus {
    try Corpus(contentsOf: Repository.fixtures.appending(path: "corpora/\(name)"))
  }

  private static func size(_ url: URL) throws -> Int {
    try #require(try url.resourceValues(forKeys: [.fileSizeKey]).fileSize)
  }

  @Test func `the model has eight blocks and at most four million bytes of bfloat16 weights`() throws {
    let model = try LlamaModel(directory: Self.directory)
    #expect(model.spec.layerCount == 8)
    #expect(model.spec.tiedEmbeddings)
    #expect(model.checkpoint.tensors.allSatisfy { $0.type == .bf16 })
    #expect(try Self.size(Self.directory.appending(path: "model.safetensors")) <= 4_000_000)
  }

  @Test func `seven domains have 32 different texts each, of 60 to 200 tokens`() throws {
    let corpus = try Self.corpus()
    let tokenizer = try Tokenizer(contentsOf: Self.directory)
    #expect(corpus.domains.map(\.name) == ["cpp", "python", "finance", "math", "legal", "medical", "bills"])
    for domain in corpus.domains {
      #expect(domain.texts.count == 32)
      #expect(Set(domain.texts.map(\.string)).count == 32)
      let lengths = domain.texts.map { tokenizer.encode($0.string).count }
      #expect(lengths.allSatisfy { (60...200).contains($0) }, "\(domain.name): \(lengths.sorted())")
    }
    #expect(try Self.size(Repository.fixtures.appending(path: "corpora/demo.json")) <= 400_000)
  }

  @Test(arguments: ["demo.json", "handwritten.json"])
  func `the tokenizer gives back every text of the corpora`(name: String) throws {
    let tokenizer = try Tokenizer(contentsOf: Self.directory)
    let begin = try #require(tokenizer.id(for: "<|begin_of_text|>"))
    for domain in try Self.corpus(name).domains {
      for text in domain.texts {
        let ids = tokenizer.encode(text.string)
        #expect(ids.first == begin)
        #expect(ids.filter { $0 == begin }.count == 1)
        #expect(Array(tokenizer.decode(ids).utf8) == Array(text.string.utf8))
      }
    }
  }

  @Test func `the model predicts held-out texts far better than their own token frequencies do`() throws {
    let model = try LlamaModel(directory: Self.directory)
    let tokenizer = try Tokenizer(contentsOf: Self.directory)
    for domain in try Self.corpus().domains {
      let texts = domain.texts.map { tokenizer.encode($0.string) }
      var nats = 0.0
      for (ids, logits) in zip(texts, try model.logits(of: texts, at: .all)) {
        for (position, next) in ids.dropFirst().enumerated() {
          let row = logits[position]
          let highest = Double(try #require(row.max()))
          nats += highest + log(row.reduce(0) { $0 + exp(Double($1) - highest) })
          nats -= Double(row[row.startIndex + Int(next)])
        }
      }
      let targets = texts.flatMap { $0.dropFirst() }
      let counts = Dictionary(targets.map { ($0, 1.0) }, uniquingKeysWith: +)
      let entropy = counts.values.reduce(0) { $0 - $1 * log($1 / Double(targets.count)) }
      #expect(nats < 0.25 * entropy, "\(domain.name): \(nats / entropy)")
    }
  }
}
