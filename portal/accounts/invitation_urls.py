"""Addresses of the invitations, below /konto/."""

from django.urls import path

from portal.accounts import invitations

urlpatterns = [
    path("einladungen/", invitations.invitations, name="account_invitations"),
    path("einladungen/<int:pk>/senden/", invitations.send_again, name="account_invitation_send"),
    path("einladungen/<int:pk>/zurueckziehen/", invitations.withdraw, name="account_invitation_withdraw"),
    path("einladung/<str:token>/", invitations.invitation, name="account_invitation"),
]
