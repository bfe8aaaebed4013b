#!/usr/bin/env python3
"""scikit-learn's side of the training bench: the usual pipelines on the same rows.

    python3 sklearn_text.py --data ../../../../shared/data --sets sst2,mr,imdb     one JSON line a result
    python3 sklearn_text.py --data ... --serve                                     answers questions on standard input

A set is a folder with train.tsv and test.tsv (either may end in .gz), or with all.tsv and folds10.txt (a fold number a
row). A row is `label<TAB>text`, 0 or 1, split at line feeds only. Times are seconds of wall clock from rows in memory to
held-out accuracy; reading the files and importing the library are left out, as they are on the other side.
"""
import argparse
import functools
import gzip
import json
import pathlib
import pickle
import sys
import time

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression


def rows(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf8", newline="\n") as file:
        pairs = [line.rstrip("\n").split("\t", 1) for line in file]
    return [text for _, text in pairs], np.array([int(label) for label, _ in pairs])


def vectorizer_and_model_tfidf(texts, labels):
    """TfidfVectorizer with uni+bigrams and logistic regression, everything else at its default."""
    started = time.perf_counter()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2))
    features = vectorizer.fit_transform(texts)
    vectorized = time.perf_counter()
    model = LogisticRegression(max_iter=1000).fit(features, labels)
    return vectorizer, model, vectorized - started, time.perf_counter() - vectorized


def tfidf(train, test):
    (texts, labels), (test_texts, test_labels) = train, test
    vectorizer, model, vectorize, fit = vectorizer_and_model_tfidf(texts, labels)
    started = time.perf_counter()
    scores = model.predict(vectorizer.transform(test_texts))
    return measured(scores == 1, test_labels, vectorize, fit, time.perf_counter() - started)


def nb_weighted(train, test):
    """Log-count-ratio weighted binary uni+bigrams (Wang and Manning 2012) and logistic regression."""
    (texts, labels), (test_texts, test_labels) = train, test
    started = time.perf_counter()
    vectorizer = CountVectorizer(ngram_range=(1, 2), binary=True, token_pattern=r"(?u)\b\w+\b|[^\w\s]")
    counts = vectorizer.fit_transform(texts).astype(np.float64)
    positive = 1 + counts[labels == 1].sum(0)
    negative = 1 + counts[labels == 0].sum(0)
    ratio = np.asarray(np.log((positive / positive.sum()) / (negative / negative.sum()))).ravel()
    vectorized = time.perf_counter()
    model = LogisticRegression(max_iter=1000).fit(counts.multiply(ratio).tocsr(), labels)
    fitted = time.perf_counter()
    scores = vectorizer.transform(test_texts).multiply(ratio).tocsr() @ model.coef_.ravel() + model.intercept_[0]
    evaluate = time.perf_counter() - fitted
    return measured(scores > 0, test_labels, vectorized - started, fitted - vectorized, evaluate)


MODELS = {"tfidf": tfidf, "nb_weighted": nb_weighted}


def measured(called_positive, labels, vectorize, fit, evaluate):
    positive = labels == 1
    right = int((called_positive & positive).sum())
    wrong = int((called_positive != positive).sum())
    return {
        "accuracy": float((called_positive == positive).mean()),
        # Of the positive class; both sides report it, since accuracy says little where one label is rare.
        "f1": 2 * right / (2 * right + wrong) if right else 0.0,
        "vectorizeSeconds": round(vectorize, 4),
        "fitSeconds": round(fit, 4),
        "evaluateSeconds": round(evaluate, 4),
        "ms": 1000 * (vectorize + fit + evaluate),
    }


def file_of(folder, name):
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.exists()), None)


@functools.lru_cache(maxsize=1)
def splits(folder):
    """Pairs of (train, test), by name; a set is read once."""
    if file_of(folder, "all.tsv"):
        texts, labels = rows(file_of(folder, "all.tsv"))
        folds = np.array([int(line) for line in open(folder / "folds10.txt")])
        found = {}
        for fold in sorted(set(folds.tolist())):
            keep, hold = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
            found[f"fold{fold}"] = (
                ([texts[i] for i in keep], labels[keep]),
                ([texts[i] for i in hold], labels[hold]),
            )
        return found
    return {"test": (rows(file_of(folder, "train.tsv")), rows(file_of(folder, "test.tsv")))}


def serving(folder):
    """What a fitted pipeline takes to answer: one text at a time, all at once, and through a file."""
    (texts, labels), (test_texts, _) = next(iter(splits(folder).values()))
    vectorizer, model, _, _ = vectorizer_and_model_tfidf(texts, labels)
    one_ms = []
    for text in test_texts[:2000]:
        started = time.perf_counter()
        model.predict_proba(vectorizer.transform([text]))
        one_ms.append(1000 * (time.perf_counter() - started))
    started = time.perf_counter()
    model.predict(vectorizer.transform(test_texts))
    batch = time.perf_counter() - started
    started = time.perf_counter()
    file = pickle.dumps((vectorizer, model))
    saved = time.perf_counter()
    pickle.loads(file)
    return {
        "oneMs": one_ms,
        "rowsPerSecond": len(test_texts) / batch,
        "fileBytes": len(file),
        "saveMs": 1000 * (saved - started),
        "loadMs": 1000 * (time.perf_counter() - saved),
    }


def answer(data, question):
    folder = data / question["set"]
    if question["ask"] == "serving":
        return serving(folder)
    return MODELS[question["model"]](*splits(folder)[question["split"]])


def serve(data):
    print(json.dumps({"version": sklearn.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(data, json.loads(line))), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--sets", default="sst2,mr,imdb")
    parser.add_argument("--models", default="tfidf,nb_weighted")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if options.serve:
        return serve(options.data)
    for name in options.sets.split(","):
        for split, (train, test) in splits(options.data / name).items():
            for model in options.models.split(","):
                found = MODELS[model](train, test)
                print(json.dumps({"peer": "scikit-learn", "set": name, "split": split, "model": model, **found}), flush=True)


if __name__ == "__main__":
    main()
