# SeqFlip for any host that runs containers, Hugging Face Spaces included:
#   docker build -t seqflip . && docker run -p 127.0.0.1:7860:7860 -v seqflip-runs:/runs seqflip
FROM python:3.12-slim AS built
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /built .

FROM python:3.12-slim
RUN useradd --create-home --uid 1000 seqflip && install -d -o seqflip /runs
RUN --mount=type=bind,source=requirements.lock,target=/requirements.lock \
    pip install --no-cache-dir --require-hashes -r /requirements.lock
# For a server, scheduler or worker of a cluster (docs/cluster.md): docker build --build-arg CLUSTER=yes -t seqflip .
ARG CLUSTER=""
RUN --mount=type=bind,source=requirements-cluster.txt,target=/requirements-cluster.txt \
    if [ -n "$CLUSTER" ]; then pip install --no-cache-dir -r /requirements-cluster.txt; fi
RUN --mount=type=bind,from=built,source=/built,target=/built \
    pip install --no-cache-dir --no-deps /built/*.whl

USER 1000
WORKDIR /home/seqflip
ENV SEQFLIP_RUNS=/runs PYTHONUNBUFFERED=1
VOLUME /runs
EXPOSE 7860
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/_stcore/health')"]
CMD ["seqflip", "app", "--address", "0.0.0.0", "--port", "7860", "--headless"]
