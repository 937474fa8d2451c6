def @NAME@_passes():
    assert 1 + 1 == 2


def @NAME@_fails():
    assert 1 + 1 == 3
