# SeqFlip for any host that runs containers, Hugging Face Spaces included:
#   docker build -t seqflip . && docker run -p 127.0.0.1:7860:7860 -v seqflip-runs:/runs seqflip
FROM python:3.12-slim

RUN useradd --create-home --uid 1000 seqflip && install -d -o seqflip /runs
WORKDIR /src
COPY requirements.lock requirements-cluster.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
# For a server, scheduler or worker of a cluster (docs/cluster.md): docker build --build-arg CLUSTER=yes -t seqflip .
ARG CLUSTER=""
RUN if [ -n "$CLUSTER" ]; then pip install --no-cache-dir -r requirements-cluster.txt; fi
COPY . .
RUN pip install --no-cache-dir --no-deps . && rm -rf /src/*

USER seqflip
WORKDIR /home/seqflip
ENV SEQFLIP_RUNS=/runs
VOLUME /runs
EXPOSE 7860
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/_stcore/health')"]
CMD ["seqflip", "app", "--address", "0.0.0.0", "--port", "7860", "--headless"]
