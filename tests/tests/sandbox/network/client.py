# What programs in a box do to reach a host, without a box too.
import os, socket, subprocess, sys, threading, urllib.request

PROXY = ('127.0.0.1', 808) if os.environ.get('http_proxy') else None

def said(stream):
    parts = []
    while part := stream.recv(1 << 16):
        parts.append(part)
    return b''.join(parts).decode(errors='replace')

def direct(host, port):
    "Past the proxy."
    return socket.create_connection((host, int(port)), 10)

def tunnel(host, port):
    "Through the proxy, where there is one."
    if not PROXY:
        return direct(host, port)
    stream = direct(*PROXY)
    stream.sendall(f'CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n'.encode())
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        byte = stream.recv(1)
        if not byte:
            raise OSError('no answer')
        head += byte
    if b' 200 ' not in head.split(b'\r\n')[0]:
        raise OSError(head.decode() + said(stream))
    return stream

def ask(stream, path='/', host='a'):
    stream.sendall(f'GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'.encode())
    return said(stream)

def get(url):
    try:
        return urllib.request.urlopen(url, timeout=30).read().decode()
    except urllib.error.HTTPError as error:
        return f'{error.code} {error.read().decode()}'

def plain(url, host):
    "With another host in its field than in its address."
    at = url.split('/')[2]
    stream = direct(*(PROXY or at.split(':')))
    path = url if PROXY else '/'
    return ask(stream, path, host)

def datagram(host, port):
    stream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stream.settimeout(2)
    stream.sendto(b'x', (host, int(port)))
    return stream.recv(64).decode()

def local(name):
    stream = socket.socket(socket.AF_UNIX)
    stream.connect('\0' + name)
    return said(stream)

def attempts(all):
    for name, attempt in all.items():
        try:
            answer = attempt()
        except OSError as error:
            answer = str(error)
        print('reached' if 'REACHED' in answer else 'missed', name)
