// Says in words what went wrong with a passkey; allauth's scripts report it as an event.
(() => {
  const WORDS = {
    NotAllowedError: 'Das hat nicht geklappt: Der Vorgang wurde abgebrochen oder hat zu lange gedauert.',
    InvalidStateError: 'Dieses Gerät ist schon als Passkey eingetragen.',
    SecurityError: 'Passkeys gehen nur auf der richtigen Adresse des Portals und mit https.'
  }
  document.addEventListener('allauth.error', (event) => {
    event.preventDefault()
    const status = document.querySelector('[data-passkey-status]')
    if (!status) return
    const exception = event.detail.exception
    status.textContent = WORDS[exception && exception.name] || 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.'
    status.hidden = false
  })
})()
